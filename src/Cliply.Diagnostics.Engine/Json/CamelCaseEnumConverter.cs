using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cliply.Diagnostics.Json;

/// <summary>Reads and writes an enum by the camelCase names of its values.</summary>
internal sealed class CamelCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
