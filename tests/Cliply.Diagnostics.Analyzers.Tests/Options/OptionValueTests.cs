using Cliply.Diagnostics.Analyzers.Options;

namespace Cliply.Diagnostics.Analyzers.Tests.Options;

public sealed class OptionValueTests
{
    [Theory]
    [InlineData("options.Thresholds.CpuPercent", "150", "CpuPercent (150) must be between 1 and 100")]
    [InlineData("options.Thresholds.Restarts", "0", "Restarts (0) must be between 1 and 2147483647")]
    [InlineData("options.Thresholds.FailingJobsPercent", "-1.5", "FailingJobsPercent (-1.5) must be between 0.1 and 100")]
    [InlineData("options.ReadingsBeforeChange", "10 * 11", "ReadingsBeforeChange (110) must be between 1 and 100")]
    [InlineData("options.CollectionDeadline", "TimeSpan.FromMinutes(6)", "CollectionDeadline (00:06:00) must be between 00:00:00.0500000 and 00:05:00")]
    [InlineData("options.CollectionDeadline", "new TimeSpan(1, 0, 0)", "CollectionDeadline (01:00:00) must be between 00:00:00.0500000 and 00:05:00")]
    [InlineData("options.CollectionDeadline", "new(1, 0, 0, 0)", "CollectionDeadline (1.00:00:00) must be between 00:00:00.0500000 and 00:05:00")]
    [InlineData("options.SnapshotMaxAge", "-TimeSpan.FromSeconds(1)", "SnapshotMaxAge (-00:00:01) must be between 00:00:00 and 01:00:00")]
    [InlineData("options.Thresholds.HeartbeatFresh", "TimeSpan.Zero", "HeartbeatFresh (00:00:00) must be between 00:00:00.0010000 and 1.00:00:00")]
    [InlineData("options.Thresholds.HeartbeatFresh", "Limits.Long", "HeartbeatFresh (2.00:00:00) must be between 00:00:00.0010000 and 1.00:00:00")]
    [InlineData("options.JobStore.CountingCap", "Limits.Many", "CountingCap (20000000) must be between 1 and 10000000")]
    public Task OutOfRange_IsReported(string option, string value, string message) =>
        Source.ReportsAsync<OptionValueAnalyzer>(Program($$"""builder.Services.AddCliplyHealthChecks(options => {{option}} = {|#0:{{value}}|});"""), $"{message}; the host does not start with it");

    [Fact]
    public Task OptionsOfOtherPackages_OutOfRange_AreReported() =>
        Source.ReportsAsync<OptionValueAnalyzer>(
            Program("""
                builder.Services.AddCliplyHealthChecks()
                    .AddPrometheus("http://prometheus:9090", options => options.Step = {|#0:TimeSpan.FromMilliseconds(20)|})
                    .AddProcesses(options => options.DesiredReplicas = {|#1:-1|});
                """),
            "Step (00:00:00.0200000) must be between 00:00:01 and 01:00:00; the host does not start with it",
            "DesiredReplicas (-1) must be between 0 and 10000; the host does not start with it");

    [Theory]
    [InlineData("options.Thresholds.CpuPercent = 100;")]
    [InlineData("options.Thresholds.Restarts = int.Parse(args[0]);")]
    [InlineData("options.CollectionDeadline = TimeSpan.FromMinutes(args.Length);")]
    [InlineData("options.CollectionDeadline = TimeSpan.FromMinutes(5);")]
    [InlineData("options.SnapshotMaxAge = TimeSpan.Zero;")]
    [InlineData("new Own().CpuPercent = 150;")]
    public Task InRange_OrNotKnown_IsFine(string statement) =>
        Source.IsFineAsync<OptionValueAnalyzer>(Program($$"""builder.Services.AddCliplyHealthChecks(options => { {{statement}} });"""));

    [Fact]
    public Task FreshOverStale_InOneDelegate_IsReported() =>
        Source.ReportsAsync<OptionValueAnalyzer>(
            Program("""
                builder.Services.AddCliplyHealthChecks(options =>
                {
                    options.Thresholds.HeartbeatStale = TimeSpan.FromMinutes(10);
                    options.Thresholds.HeartbeatFresh = {|#0:TimeSpan.FromMinutes(20)|};
                });
                """),
            "HeartbeatFresh (00:20:00) must not be greater than HeartbeatStale (00:10:00); the host does not start with it");

    [Theory]
    [InlineData("options.Thresholds = new DiagnosisThresholds { HeartbeatFresh = {|#0:TimeSpan.FromMinutes(20)|}, HeartbeatStale = TimeSpan.FromMinutes(10) };")]
    [InlineData("options.Thresholds = new() { HeartbeatFresh = {|#0:TimeSpan.FromMinutes(20)|} }; options.Thresholds.HeartbeatStale = TimeSpan.FromMinutes(10);")]
    [InlineData("var thresholds = new DiagnosisThresholds { HeartbeatFresh = {|#0:TimeSpan.FromMinutes(20)|} }; thresholds.HeartbeatStale = TimeSpan.FromMinutes(10); options.Thresholds = thresholds;")]
    [InlineData("var thresholds = options.Thresholds; thresholds.HeartbeatFresh = {|#0:TimeSpan.FromMinutes(20)|}; thresholds.HeartbeatStale = TimeSpan.FromMinutes(10);")]
    public Task FreshOverStale_AcrossInitialisers_IsReported(string statements) =>
        Source.ReportsAsync<OptionValueAnalyzer>(
            Program($$"""builder.Services.AddCliplyHealthChecks(options => { {{statements}} });"""),
            "HeartbeatFresh (00:20:00) must not be greater than HeartbeatStale (00:10:00); the host does not start with it");

    [Fact]
    public Task FreshOverStale_InANestedInitialiser_IsReported() =>
        Source.ReportsAsync<OptionValueAnalyzer>(
            Program("""_ = new CliplyDiagnosticsOptions { Thresholds = { HeartbeatFresh = {|#0:TimeSpan.FromMinutes(20)|}, HeartbeatStale = TimeSpan.FromMinutes(10) } };"""),
            "HeartbeatFresh (00:20:00) must not be greater than HeartbeatStale (00:10:00); the host does not start with it");

    [Fact]
    public Task AcrossConfigureDelegates_IsReported() =>
        Source.ReportsAsync<OptionValueAnalyzer>(
            Program("""
                builder.Services.AddCliplyHealthChecks(options => options.CollectorDeadline = {|#0:TimeSpan.FromSeconds(9)|});
                builder.Services.Configure<CliplyDiagnosticsOptions>(options => { options.CollectionDeadline = TimeSpan.FromSeconds(9); options.Thresholds.HeartbeatFresh = TimeSpan.FromSeconds(30); });
                builder.Services.AddCliplyWorkerHeartbeat(options => options.Interval = {|#1:TimeSpan.FromMinutes(1)|});
                """),
            "CollectorDeadline (00:00:09) must be less than CollectionDeadline (00:00:09); the host does not start with it",
            "Interval (00:01:00) must be less than HeartbeatFresh (00:00:30); the host does not start with it");

    [Theory]
    [InlineData("options.Thresholds.HeartbeatFresh = TimeSpan.FromMinutes(20);")]
    [InlineData("options.Thresholds.HeartbeatFresh = TimeSpan.FromMinutes(20); if (args.Length > 0) { options.Thresholds.HeartbeatStale = TimeSpan.FromMinutes(10); }")]
    [InlineData("if (args.Length > 0) { options.Thresholds.HeartbeatFresh = TimeSpan.FromMinutes(20); } options.Thresholds.HeartbeatStale = TimeSpan.FromMinutes(10);")]
    [InlineData("options.Thresholds.HeartbeatFresh = TimeSpan.FromMinutes(20); options.Thresholds.HeartbeatStale = TimeSpan.FromMinutes(10); options.Thresholds.HeartbeatStale = TimeSpan.FromMinutes(30);")]
    [InlineData("options.Thresholds.HeartbeatFresh = TimeSpan.FromMinutes(20); new DiagnosisThresholds().HeartbeatStale = TimeSpan.FromMinutes(10);")]
    [InlineData("options.Thresholds.HeartbeatFresh = TimeSpan.FromMinutes(10); options.Thresholds.HeartbeatStale = TimeSpan.FromMinutes(10);")]
    [InlineData("var one = new DiagnosisThresholds { HeartbeatFresh = TimeSpan.FromMinutes(20) }; var two = new DiagnosisThresholds { HeartbeatStale = TimeSpan.FromMinutes(10) }; Console.WriteLine((one, two));")]
    [InlineData("options.Thresholds.HeartbeatFresh = TimeSpan.FromMinutes(20); options.Thresholds.HeartbeatFresh = TimeSpan.FromMinutes(5); options.Thresholds.HeartbeatStale = TimeSpan.FromMinutes(10);")]
    [InlineData("var all = new List<CliplyDiagnosticsOptions>(); all[0].Thresholds.HeartbeatFresh = TimeSpan.FromMinutes(20); all[1].Thresholds.HeartbeatStale = TimeSpan.FromMinutes(10);")]
    [InlineData("new CliplyDiagnosticsOptions().Thresholds.HeartbeatFresh = TimeSpan.FromMinutes(20); new CliplyDiagnosticsOptions().Thresholds.HeartbeatStale = TimeSpan.FromMinutes(10);")]
    public Task WhatOnlyMayContradict_IsFine(string statements) =>
        Source.IsFineAsync<OptionValueAnalyzer>(Program($$"""builder.Services.AddCliplyHealthChecks(options => { {{statements}} });"""));

    [Fact]
    public Task NamedOptions_AreNotTheHosts_AndFine() =>
        Source.IsFineAsync<OptionValueAnalyzer>(Program("""
            builder.Services.AddCliplyHealthChecks(options => options.Thresholds.HeartbeatFresh = TimeSpan.FromMinutes(20));
            builder.Services.Configure<CliplyDiagnosticsOptions>("other", options => options.Thresholds.HeartbeatStale = TimeSpan.FromMinutes(10));
            """));

    [Theory]
    [InlineData("""builder.Services.AddOptions<CliplyDiagnosticsOptions>("other").BindConfiguration("Other").Configure(options => options.Thresholds.HeartbeatStale = TimeSpan.FromMinutes(10));""")]
    [InlineData("""WebApplication.CreateBuilder(args).Services.AddCliplyDiagnostics(options => options.Thresholds.HeartbeatStale = TimeSpan.FromMinutes(10));""")]
    [InlineData("""var other = WebApplication.CreateBuilder(args); other.Services.AddCliplyDiagnostics(options => options.Thresholds.HeartbeatStale = TimeSpan.FromMinutes(10));""")]
    public Task OptionsOfAnotherNameOrHost_AreFine(string statement) =>
        Source.IsFineAsync<OptionValueAnalyzer>(Program($"builder.Services.AddCliplyHealthChecks(options => options.Thresholds.HeartbeatFresh = TimeSpan.FromMinutes(20)); {statement}"));

    [Fact]
    public Task OtherMembersOfTheFile_AreNotTheTopLevelStatements_AndFine() =>
        Source.IsFineAsync<OptionValueAnalyzer>(Program("builder.Services.AddCliplyHealthChecks(options => options.Thresholds.HeartbeatFresh = TimeSpan.FromMinutes(20));") + """

            internal static class Others
            {
                public static void Add(IHostApplicationBuilder builder) => builder.Services.AddCliplyHealthChecks(options => options.Thresholds.HeartbeatStale = TimeSpan.FromMinutes(10));
            }
            """);

    [Fact]
    public Task FieldThatAConstructorSets_IsFine() =>
        Source.IsFineAsync<OptionValueAnalyzer>("""
            using Cliply.Diagnostics;

            public sealed class Sets
            {
                private readonly TimeSpan _deadline = TimeSpan.FromHours(1);

                public Sets(TimeSpan deadline) => _deadline = deadline;

                public void Configure(CliplyDiagnosticsOptions options) => options.CollectionDeadline = _deadline;
            }
            """);

    [Fact]
    public Task FieldsThatAreMadeOfEachOther_AreFine() =>
        Source.IsFineAsync<OptionValueAnalyzer>("""
            using Cliply.Diagnostics;

            public sealed class Sets
            {
                private static readonly TimeSpan One = Two;
                private static readonly TimeSpan Two = One;

                public void Configure(CliplyDiagnosticsOptions options)
                {
                    options.CollectionDeadline = One;
                    options.SnapshotMaxAge = -TimeSpan.MinValue;
                }
            }
            """);

    [Fact]
    public Task ValueOfAnotherType_CodeIsBeingWritten_IsFine() =>
        Source.IsFineAsync<OptionValueAnalyzer>(Program("""
            builder.Services.AddCliplyHealthChecks(options =>
            {
                options.Thresholds.HeartbeatFresh = {|CS0029:20|};
                options.Thresholds.HeartbeatStale = TimeSpan.FromMinutes(10);
            });
            """));

    private static string Program(string statements) => $$"""
        using Cliply.Diagnostics;
        using Cliply.Diagnostics.Classification;

        var builder = WebApplication.CreateBuilder(args);
        {{statements}}
        builder.Build().Run();

        internal static class Limits
        {
            public const int Many = 20_000_000;

            public static readonly TimeSpan Long = TimeSpan.FromDays(2);
        }

        internal sealed class Own
        {
            public double CpuPercent { get; set; }
        }
        """;
}
