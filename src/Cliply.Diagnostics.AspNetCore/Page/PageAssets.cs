using System.Text;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.AspNetCore.Page;

/// <summary>The files beside the page, from within the package.</summary>
internal static class PageAssets
{
    public static readonly byte[] Style = [.. Encoding.UTF8.GetBytes(ReportHtml.Style.ReplaceLineEndings("\n")), .. Read("page.css")];

    public static readonly byte[] Script = Read("page.js");

    public static readonly byte[] Icon = Read("icon.svg");

    private static byte[] Read(string name)
    {
        using var stream = typeof(PageAssets).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
