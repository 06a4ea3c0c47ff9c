using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cliply.Diagnostics.Json;

/// <summary>Exit codes and versions: whole numbers, negative ones too, with a fraction of zero or without one.</summary>
internal sealed class WholeNumberConverter : JsonConverter<int>
{
    public override int Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            if (reader.TryGetInt32(out var whole))
            {
                return whole;
            }

            if (reader.TryGetDouble(out var number) && number is >= int.MinValue and <= int.MaxValue && Math.Truncate(number) == number)
            {
                return (int)number;
            }
        }

        throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, int value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}
