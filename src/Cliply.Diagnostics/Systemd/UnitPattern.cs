using System.IO.Enumeration;

namespace Cliply.Diagnostics.Systemd;

/// <summary>A unit's name as it was configured: one unit, or a pattern for several.</summary>
/// <param name="Name">The full name, such as <c>cliply-worker@*.service</c>.</param>
internal sealed record UnitPattern(string Name)
{
    private const string Service = ".service";

    private static readonly string[] OtherTypes = [".socket", ".target", ".timer", ".slice", ".scope", ".mount", ".automount", ".path", ".device", ".swap"];

    /// <summary>Whether it may match several units. systemd matches patterns only with units that it has loaded.</summary>
    public bool IsGlob => Name.AsSpan().ContainsAny('*', '?');

    /// <summary>What systemctl and journalctl call it, without the type.</summary>
    public string ShortName => Name[..^Service.Length];

    /// <summary>Completes a configured name.</summary>
    public static UnitPattern Of(string configured) => new(configured.EndsWith(Service, StringComparison.Ordinal) ? configured : configured + Service);

    /// <summary>Whether it names a unit that is no service.</summary>
    public static bool IsOtherType(string configured) => OtherTypes.Any(t => configured.EndsWith(t, StringComparison.Ordinal));

    /// <summary>Whether it matches that unit.</summary>
    public bool Matches(string id) => IsGlob ? FileSystemName.MatchesSimpleExpression(Name.Replace("\\", "\\\\", StringComparison.Ordinal), id, ignoreCase: false) : id == Name;
}
