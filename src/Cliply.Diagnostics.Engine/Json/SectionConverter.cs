using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Json;

/// <summary>A section is what was measured, or <c>{ "unavailable": { "code": …, "message": … } }</c>.</summary>
internal sealed class SectionConverter<T> : JsonConverter<Section<T>>
    where T : class
{
    public override bool HandleNull => true;

    public override Section<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return default;
        }

        if (IsUnavailable(reader))
        {
            var unavailable = JsonSerializer.Deserialize(ref reader, (JsonTypeInfo<UnavailableSection>)options.GetTypeInfo(typeof(UnavailableSection)));
            return unavailable!.Unavailable!;
        }

        return JsonSerializer.Deserialize(ref reader, (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)))!;
    }

    public override void Write(Utf8JsonWriter writer, Section<T> value, JsonSerializerOptions options)
    {
        if (value.Value is { } known)
        {
            JsonSerializer.Serialize(writer, known, (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)));
        }
        else
        {
            JsonSerializer.Serialize(writer, new UnavailableSection { Unavailable = value.Unavailable }, (JsonTypeInfo<UnavailableSection>)options.GetTypeInfo(typeof(UnavailableSection)));
        }
    }

    /// <summary>Looks ahead on a copy of the reader.</summary>
    private static bool IsUnavailable(Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("unavailable"u8))
            {
                return reader.Read() && reader.TokenType != JsonTokenType.Null;
            }

            if (!reader.TrySkip())
            {
                return false;
            }
        }

        return false;
    }
}
