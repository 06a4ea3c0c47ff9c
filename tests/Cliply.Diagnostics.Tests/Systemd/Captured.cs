using Cliply.Diagnostics.Systemd;

namespace Cliply.Diagnostics.Tests.Systemd;

/// <summary>What the real systemctl and journalctl (systemd 252) printed of real units in each state.</summary>
internal static class Captured
{
    public static string Text(string name) => File.ReadAllText(Path(name));

    public static string Path(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "Systemd", "Data", name);

    public static SystemdUnit Unit(string name) => SystemdShow.Parse(Text(name + ".txt")).Should().ContainSingle().Subject;
}
