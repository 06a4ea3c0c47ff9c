using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cliply.Diagnostics.Json;

/// <summary>Percentages, shares and times in milliseconds. JSON can say 1e400, which a double holds only as infinity.</summary>
internal sealed class FiniteNumberConverter : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number) && double.IsFinite(number) ? number : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}
