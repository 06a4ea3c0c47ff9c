using System.Text.Json;
using Cliply.Diagnostics.Tests.PostgreSql;

namespace Cliply.Diagnostics.Cli.Tests;

[Collection(FleetDatabaseTests.Name)]
public sealed class WorkersStatusTests(FleetDatabase fleet)
{
    private string[] Arguments(params string[] more) => ["workers", "status", "--database-url", fleet.Url, "--auto", "false", "--no-local", "--timeout", "1m", .. more];

    [Theory]
    [InlineData("table")]
    [InlineData("markdown")]
    [InlineData("json")]
    [InlineData("github")]
    public async Task I_can_see_the_workers(string format)
    {
        await fleet.RefreshAsync();
        var (exitCode, output, error) = await Cliply.RunAsync(Arguments("--output", format));

        (exitCode, error).Should().Be((1, "cliply: reads the database that --database-url names\n"));
        FleetDatabase.Timeless(output).ShouldBeApproved($"workers-status.{format}");
        output.Should().NotContain("canary").And.NotContain("\u001b");
    }

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public async Task I_can_see_the_workers_on_a_terminal(int columns)
    {
        await fleet.RefreshAsync();
        var (exitCode, output) = await Cliply.RunOnTerminalAsync(columns, Arguments());

        exitCode.Should().Be(1);
        FleetDatabase.Timeless(output).ShouldBeApproved($"workers-status.{columns}-columns");
    }

    [Fact]
    public async Task NO_COLOR_leaves_the_colours_out()
    {
        var (_, output) = await Cliply.RunOnTerminalAsync(80, Arguments(), new() { ["NO_COLOR"] = "1" });

        output.Should().NotContain("[38;").And.NotContain("[31m").And.Contain("╭");
    }

    [Fact]
    public async Task A_terminal_without_Unicode_gets_ASCII()
    {
        var (_, output) = await Cliply.RunOnTerminalAsync(80, Arguments(), new() { ["LC_ALL"] = "C" });

        output.Should().Contain("+---").And.NotContain("─");
    }

    [Fact]
    public async Task A_database_that_refuses_is_no_zero_workers()
    {
        var (exitCode, output, _) = await Cliply.RunAsync(["workers", "status", "--database-url", $"postgres://u:canary-made-up@127.0.0.1:{PostgresServer.FreePort()}/d", "--auto", "false", "--no-local", "-o", "json"]);

        exitCode.Should().Be(2);
        using var json = JsonDocument.Parse(output);
        json.RootElement.GetProperty("workers").GetRawText().ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal).Should().Be("""{"unavailable":{"code":"refused","message":"nothinglistensatitsaddress"}}""");
        output.Should().NotContain("canary");
    }
}
