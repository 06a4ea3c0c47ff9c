namespace Cliply.Diagnostics.Escalations;

/// <summary>The version in an image's name.</summary>
internal static class ImageName
{
    /// <summary>The tag; null where there is none, or only a digest.</summary>
    /// <param name="image">Such as <c>registry.example:5000/cliply-worker:2.4.1</c>.</param>
    public static string? TagOf(string? image)
    {
        var name = image?.Split('@')[0] ?? "";
        var last = name[(name.LastIndexOf('/') + 1)..];
        return last.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon && colon + 1 < last.Length && !name.StartsWith("sha256:", StringComparison.Ordinal) ? last[(colon + 1)..] : null;
    }
}
