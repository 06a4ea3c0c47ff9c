using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cliply.Diagnostics.Json;

/// <summary>
/// Reads and writes an enum by the camelCase names of its values, and by nothing else: the stock converter also takes other
/// cases and lists such as "failed, timedOut".
/// </summary>
internal sealed class CamelCaseEnumConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    private static readonly T[] Values = Enum.GetValues<T>();

    private static readonly JsonEncodedText[] Names = Array.ConvertAll(Values, static v => JsonEncodedText.Encode(JsonNamingPolicy.CamelCase.ConvertName(v.ToString())));

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            for (var i = 0; i < Names.Length; i++)
            {
                if (reader.ValueTextEquals(Names[i].EncodedUtf8Bytes))
                {
                    return Values[i];
                }
            }
        }

        throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Array.IndexOf(Values, value) is >= 0 and var i ? Names[i] : throw new JsonException($"{value} is no value of {typeof(T).Name}."));
}
