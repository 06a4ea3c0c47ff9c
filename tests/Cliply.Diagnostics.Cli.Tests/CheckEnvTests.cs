using System.Text;

namespace Cliply.Diagnostics.Cli.Tests;

public sealed class CheckEnvTests
{
    private const string File = """
        # made up
        export SUPABASE_URL="http://canary-made-up.example"
        SUPABASE_SERVICE_ROLE_KEY=changeme
        SENTRY_DSN=
        this is no assignment
        LOG_LEVEL=info # canary comment
        LOG_LEVEL=debug
        UNFINISHED="no end

        """;

    [Theory]
    [InlineData("table")]
    [InlineData("json")]
    [InlineData("markdown")]
    [InlineData("github")]
    public async Task I_can_check_a_file_and_see_no_value(string format)
    {
        var (exitCode, output, error) = await Cliply.RunAsync(["check", "env", "--file", "-", "-o", format], Encoding.UTF8.GetBytes(File));

        (exitCode, error).Should().Be((2, ""));
        output.ShouldBeApproved($"check-env.{format}");
        output.Should().NotContain("canary");
    }

    [Fact]
    public async Task I_can_check_the_variables_of_a_process()
    {
        var (exitCode, output, _) = await Cliply.RunAsync(["check", "env"], environment: new()
        {
            ["SUPABASE_URL"] = "https://made-up.supabase.co",
            ["SUPABASE_SERVICE_ROLE_KEY"] = "sb_" + "secret_canary_made_up",
            ["SENTRY_DSN"] = "https://canary@sentry.example/1",
            ["LOG_LEVEL"] = "info",
        });

        exitCode.Should().Be(0, output);
        output.Should().Be("""
            Environment of this process
            +---------------------------------------------------------------------+
            | variable                  | state | needed      | what is wrong |
            |---------------------------+-------+-------------+---------------|
            | SUPABASE_URL              | set   | required    |               |
            | SUPABASE_SERVICE_ROLE_KEY | set   | required    |               |
            | SENTRY_DSN                | set   | recommended |               |
            | LOG_LEVEL                 | set   | recommended |               |
            +-----------------------------------------------------------------+

            """.ReplaceLineEndings("\n").Replace("+---------------------------------------------------------------------+", "+-----------------------------------------------------------------+", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_recommended_one_alone_exits_with_1()
    {
        var (exitCode, _, _) = await Cliply.RunAsync(["check", "env", "--file", "-"], Encoding.UTF8.GetBytes($"SUPABASE_URL=https://made-up.supabase.co\nSUPABASE_SERVICE_ROLE_KEY=sb_{"secret"}_made_up\nLOG_LEVEL=info\n"));

        exitCode.Should().Be(1);
    }

    [Fact]
    public async Task A_value_in_quotes_may_span_lines()
    {
        var (exitCode, output, _) = await Cliply.RunAsync(["check", "env", "--file", "-", "-o", "json"], Encoding.UTF8.GetBytes("A='one\ntwo' # tail\nSUPABASE_URL=\"https://made-up.supabase.co\\n\"\n"));

        exitCode.Should().Be(2);
        output.Should().Contain("\"reason\": \"holds a line break or an invisible character\"").And.Contain("\"remarks\": []");
    }

    [Fact]
    public async Task The_configuration_file_names_the_variables()
    {
        var folder = Directory.CreateTempSubdirectory("cliply-env-");
        try
        {
            var config = Path.Combine(folder.FullName, "cliply.json");
            await System.IO.File.WriteAllTextAsync(config, """{ "Cliply": { "Diagnostics": { "Environment": { "Required": ["MINE"], "Recommended": ["YOURS"] } } } }""", TestContext.Current.CancellationToken);

            var (exitCode, output, _) = await Cliply.RunAsync(["check", "env", "--config", config, "--file", "-", "-o", "github"], "MINE=1"u8.ToArray());

            (exitCode, output).Should().Be((1, "::warning title=YOURS missing::YOURS: is not set\n"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_configuration_file_that_is_no_JSON_exits_with_65()
    {
        var file = Path.GetTempFileName();
        try
        {
            await System.IO.File.WriteAllTextAsync(file, "{ \"canary\": \n oops", TestContext.Current.CancellationToken);

            var (exitCode, output, error) = await Cliply.RunAsync(["check", "env", "--config", file]);

            (exitCode, output, error).Should().Be((65, "", $"cliply: {file}, line 2: not a configuration in JSON. Write one with cliply init.\n"));
        }
        finally
        {
            System.IO.File.Delete(file);
        }
    }
}
