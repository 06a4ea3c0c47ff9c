using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cliply.Diagnostics.Json;

/// <summary>Counts and ages: whole numbers of 0 or more.</summary>
internal sealed class CountConverter : JsonConverter<long>
{
    public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            if (reader.TryGetInt64(out var count) && count >= 0)
            {
                return count;
            }

            // Some producers write every number with a fraction: 300.0 is a whole number.
            if (reader.TryGetDouble(out var number) && number is >= 0 and <= 1L << 53 && Math.Truncate(number) == number)
            {
                return (long)number;
            }
        }

        throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}
