using Cliply.Diagnostics.Processes;

namespace Cliply.Diagnostics.Tests.Processes;

public sealed class ProcessStatusTests
{
    private const string Captured =
        "18728 (cat) R 18697 18697 15747 0 -1 4194304 99 0 0 0 310 45 0 0 20 0 1 0 197406 3133440 393 18446744073709551615 94671916650496 94671916670377 140729598998560 0 0 0 0 0 0 0 0 0 17 0 0 0 27 0 0 94671916686384 94671916688000 94672786661376 140729599002867 140729599002887 140729599002887 140729599004651 0\n";

    [Fact]
    public void Parse_CapturedText_ReadsTheFields() =>
        ProcessStatus.Parse(Captured).Should().Be(new ProcessStatus(18728, 18697, "cat", 'R', 3.55, TimeSpan.FromSeconds(1974.06), 393, 0.27, 0));

    [Theory]
    [InlineData("a b")]
    [InlineData(") R 1 (")]
    [InlineData("")]
    public void Parse_HostileName_IsTakenWhole(string name) => ProcessStatus.Parse(Captured.Replace("(cat)", $"({name})", StringComparison.Ordinal))!.Command.Should().Be(name);

    [Theory]
    [InlineData(0, null)]
    [InlineData(256, 1)]
    [InlineData(35584, 139)]
    [InlineData(9, 137)]
    [InlineData(139, 139)]
    public void ExitCode_WaitStatus_IsCountedAsAShellDoes(int status, int? expected) =>
        ProcessStatus.Parse(Captured.Replace("140729599004651 0\n", $"140729599004651 {status}\n", StringComparison.Ordinal))!.ExitCode.Should().Be(expected);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("18728 (cat")]
    [InlineData("x (cat) R 1 2 3")]
    [InlineData("1 (cat) R 1 2 3")]
    [InlineData("cpu  1 2 3")]
    public void Parse_NoSuchFile_IsNull(string? text) => ProcessStatus.Parse(text).Should().BeNull();

    [Theory]
    [InlineData("node", "node", "node\0worker.js\0", true)]
    [InlineData("node", "MainThread", "/usr/bin/node\0worker.js\0", true)]
    [InlineData("cliply-worker", "cliply-worker", "cliply-worker: idle", true)]
    [InlineData("cliply-worker", "sh", "/bin/sh\0/opt/cliply-worker\0", false)]
    [InlineData("cliply-worker", "cliply-worker", "/bin/sh\0/opt/cliply-worker\0", true)]
    [InlineData("cliply-worker-render", "cliply-worker-r", "/bin/sh\0/opt/cliply-worker-render\0", true)]
    [InlineData("cliply-worker-render", "cliply-worker-r", "/opt/cliply-worker-reaper\0", false)]
    [InlineData("cliply-worker-render", "cliply-worker-r", "", true)]
    [InlineData("node", "nodejs", "/usr/bin/nodejs\0", false)]
    [InlineData("worker", "kworker/0:1", "", false)]
    public void Matches_Process_ByItsOwnNameOrItsFiles(string name, string command, string commandLine, bool expected) =>
        ProcessName.Matches(name, command, commandLine).Should().Be(expected);
}
