using Cliply.Diagnostics.Environments;
using Cliply.Diagnostics.Evidence;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Tests.Environments;

public sealed class EnvironmentCollectorTests
{
    private const string Header = "eyJhbGciOiJIUzI1NiJ9";
    private const string Payload = "eyJyb2xlIjoic2VydmljZV9yb2xlIn0";

    [Fact]
    public async Task CollectAsync_AllSetWell_ListsNothing()
    {
        var evidence = await CollectAsync(new()
        {
            ["SUPABASE_URL"] = "https://abcd.supabase.co",
            ["SUPABASE_SERVICE_ROLE_KEY"] = $"{Header}.{Payload}.c2ln",
            ["SENTRY_DSN"] = "https://key@o1.ingest.sentry.io/2",
            ["LOG_LEVEL"] = "info",
        });

        evidence.Should().BeEquivalentTo(new EnvironmentEvidence { MissingRequired = [], MissingRecommended = [], Invalid = [] });
    }

    [Fact]
    public async Task CollectAsync_MissingAndBlank_AreToldApartWhereTheyAreRequired()
    {
        var evidence = await CollectAsync(new() { ["SUPABASE_URL"] = "  ", ["LOG_LEVEL"] = "" });

        evidence.MissingRequired.Should().Equal("SUPABASE_SERVICE_ROLE_KEY");
        evidence.MissingRecommended.Should().Equal("SENTRY_DSN", "LOG_LEVEL");
        evidence.Invalid.Should().Equal(new InvalidVariable { Name = "SUPABASE_URL", Reason = "is set, but blank" });
    }

    [Fact]
    public async Task CollectAsync_OtherListsByOption_AreUsed()
    {
        var options = new CliplyDiagnosticsOptions();
        options.Environment.Required = ["QUEUE_NAME"];
        options.Environment.Recommended = [];
        var collector = new EnvironmentCollector(Options.Create(options), _ => null);

        var evidence = (await collector.CollectAsync(TestContext.Current.CancellationToken)).Environment.Value!;

        evidence.MissingRequired.Should().Equal("QUEUE_NAME");
        evidence.MissingRecommended.Should().BeEmpty();
    }

    [Fact]
    public async Task CollectAsync_InBothLists_IsReportedOnceAsRequired()
    {
        var options = new CliplyDiagnosticsOptions();
        options.Environment.Required = ["QUEUE_NAME", "QUEUE_KEY"];
        options.Environment.Recommended = ["QUEUE_KEY", "QUEUE_NAME"];
        var collector = new EnvironmentCollector(Options.Create(options), name => name == "QUEUE_KEY" ? "xxx" : null);

        var evidence = (await collector.CollectAsync(TestContext.Current.CancellationToken)).Environment.Value!;

        evidence.Should().BeEquivalentTo(new EnvironmentEvidence
        {
            MissingRequired = ["QUEUE_NAME"],
            MissingRecommended = [],
            Invalid = [new InvalidVariable { Name = "QUEUE_KEY", Reason = "is a placeholder" }],
        });
    }

    [Theory]
    [InlineData("SUPABASE_URL", "https://abcd.supabase.co", null)]
    [InlineData("SUPABASE_URL", "http://abcd.supabase.co", "not an absolute https URL")]
    [InlineData("SUPABASE_URL", "abcd.supabase.co", "not an absolute https URL")]
    [InlineData("SUPABASE_URL", "/relative", "not an absolute https URL")]
    [InlineData("SUPABASE_URL", "https://xxx.supabase.co", "is a placeholder")]
    [InlineData("SUPABASE_URL", "https://your-project.supabase.co", "is a placeholder")]
    [InlineData("SUPABASE_URL", "\"https://abcd.supabase.co\"", "is in quotes that are part of the value")]
    [InlineData("SUPABASE_URL", " https://abcd.supabase.co", "starts or ends with a space")]
    [InlineData("SUPABASE_SERVICE_ROLE_KEY", Header + "." + Payload + ".c2ln", null)]
    [InlineData("SUPABASE_SERVICE_ROLE_KEY", "sb_secret_abc-123_X", null)]
    [InlineData("SUPABASE_SERVICE_ROLE_KEY", "sb_secret_", "neither a JWT of three parts nor a key that starts with sb_secret_")]
    [InlineData("SUPABASE_SERVICE_ROLE_KEY", "sb_publishable_abc", "neither a JWT of three parts nor a key that starts with sb_secret_")]
    [InlineData("SUPABASE_SERVICE_ROLE_KEY", Header + "." + Payload, "neither a JWT of three parts nor a key that starts with sb_secret_")]
    [InlineData("SUPABASE_SERVICE_ROLE_KEY", "a.b.c", "neither a JWT of three parts nor a key that starts with sb_secret_")]
    [InlineData("SUPABASE_SERVICE_ROLE_KEY", "eyJ...", "is a placeholder")]
    [InlineData("SUPABASE_SERVICE_ROLE_KEY", "changeme", "is a placeholder")]
    [InlineData("SUPABASE_SERVICE_ROLE_KEY", "<service-role-key>", "is a placeholder")]
    [InlineData("SUPABASE_SERVICE_ROLE_KEY", "${KEY}", "is a placeholder")]
    [InlineData("SUPABASE_SERVICE_ROLE_KEY", "sb_secret_abc\n", "holds a line break or an invisible character")]
    [InlineData("SUPABASE_SERVICE_ROLE_KEY", "\uFEFFsb_secret_abc", "holds a line break or an invisible character")]
    [InlineData("SUPABASE_SERVICE_ROLE_KEY", "sb_secret_abc\u200D", "holds a line break or an invisible character")]
    [InlineData("SUPABASE_SERVICE_ROLE_KEY", "sb_secret_abc\u2060def", "holds a line break or an invisible character")]
    [InlineData("SUPABASE_SERVICE_ROLE_KEY", "sb_secret_abc\u2028", "holds a line break or an invisible character")]
    [InlineData("SUPABASE_SERVICE_ROLE_KEY", "sb_secret_xxx", "is a placeholder")]
    [InlineData("SUPABASE_SERVICE_ROLE_KEY", "sb_secret_your-key", "is a placeholder")]
    [InlineData("SENTRY_DSN", "https://xxx@o1.ingest.sentry.io/2", "is a placeholder")]
    [InlineData("SENTRY_DSN", "https://your_key@o1.ingest.sentry.io/2", "is a placeholder")]
    [InlineData("SENTRY_DSN", "https://key@o1.ingest.sentry.io/2", null)]
    [InlineData("SENTRY_DSN", "https://o1.ingest.sentry.io/2", "not a Sentry DSN (https://key@host/project)")]
    [InlineData("LOG_LEVEL", "DEBUG", null)]
    [InlineData("LOG_LEVEL", "30", null)]
    [InlineData("LOG_LEVEL", "none", null)]
    [InlineData("LOG_LEVEL", "silly", null)]
    [InlineData("LOG_LEVEL", "NOTICE", null)]
    [InlineData("SUPABASE_URL", "", "is set, but blank")]
    [InlineData("SUPABASE_URL", "https://my-company.example.com", null)]
    [InlineData("LOG_LEVEL", "loud", "not a log level")]
    [InlineData("ANYTHING", "anything", null)]
    [InlineData("ANYTHING", "xxx", "is a placeholder")]
    [InlineData("ANYTHING", "TODO", "is a placeholder")]
    public void WhatIsWrong_Value_GivesTheReasonWithoutIt(string name, string value, string? expected) =>
        (EnvironmentRules.WhatIsWrong(name, value)?.Reason).Should().Be(expected);

    private static async Task<EnvironmentEvidence> CollectAsync(Dictionary<string, string> variables) =>
        (await new EnvironmentCollector(Options.Create(new CliplyDiagnosticsOptions()), variables.GetValueOrDefault).CollectAsync(TestContext.Current.CancellationToken)).Environment.Value!;
}
