using Cliply.Diagnostics.Analyzers.Scenarios;

namespace Cliply.Diagnostics.Analyzers.Tests.Scenarios;

public sealed class ImpureEvaluationTests
{
    private const string Measure = "measure it in a collector, or take it from the constructor";

    private const string Clock = "take the time from the snapshot's CapturedAt";

    private const string State = "keep no state between two calls";

    [Theory]
    [InlineData("_ = {|#0:DateTime.UtcNow|};", "reads the clock (DateTime.UtcNow)", Clock)]
    [InlineData("_ = {|#0:DateTimeOffset.Now|};", "reads the clock (DateTimeOffset.Now)", Clock)]
    [InlineData("_ = {|#0:_time.GetUtcNow()|};", "reads the clock (TimeProvider.GetUtcNow)", Clock)]
    [InlineData("_ = {|#0:TimeProvider.System.GetUtcNow()|};", "reads the clock (TimeProvider.GetUtcNow)", Clock)]
    [InlineData("_ = {|#0:System.Diagnostics.Stopwatch.GetTimestamp()|};", "reads the clock (Stopwatch.GetTimestamp)", Clock)]
    [InlineData("_ = {|#0:Environment.TickCount64|};", "reads the clock (Environment.TickCount64)", Clock)]
    [InlineData("_ = {|#0:Environment.GetEnvironmentVariable(\"X\")|};", "reads the environment (Environment.GetEnvironmentVariable)", Measure)]
    [InlineData("_ = {|#0:Environment.MachineName|};", "reads the environment (Environment.MachineName)", Measure)]
    [InlineData("_ = {|#0:System.Diagnostics.Process.GetProcessesByName(\"ffmpeg\")|};", "reads the environment (Process.GetProcessesByName)", Measure)]
    [InlineData("_ = {|#0:File.Exists(\"/x\")|};", "reads or writes files (File.Exists)", Measure)]
    [InlineData("_ = {|#0:new FileInfo(\"/x\")|};", "reads or writes files (new FileInfo)", Measure)]
    [InlineData("using var reader = {|#0:new StreamReader(\"/x\")|};", "reads or writes files (new StreamReader)", Measure)]
    [InlineData("{|#0:Console.WriteLine(\"x\")|};", "reads or writes files (Console.WriteLine)", Measure)]
    [InlineData("_ = {|#0:_client.GetStringAsync(\"http://x\")|};", "uses the network (HttpClient.GetStringAsync)", Measure)]
    [InlineData("_ = {|#0:System.Net.Dns.GetHostName()|};", "uses the network (Dns.GetHostName)", Measure)]
    [InlineData("{|#0:_connection.Open()|};", "uses the network (NpgsqlConnection.Open)", Measure)]
    [InlineData("_ = {|#0:new Random()|}.Next();", "is random (new Random)", "derive it from the snapshot")]
    [InlineData("_ = {|#0:Guid.NewGuid()|};", "is random (Guid.NewGuid)", "derive it from the snapshot")]
    [InlineData("{|#0:s_count|}++;", "uses static state that can change (WaitsScenario.s_count)", State)]
    [InlineData("_ = {|#0:Shared.Last|};", "uses static state that can change (Shared.Last)", State)]
    [InlineData("{|#0:Shared.Seen.Add(\"x\")|};", "uses static state that can change (Shared.Seen)", State)]
    [InlineData("{|#0:_calls|}++;", "changes its own state (_calls)", State)]
    [InlineData("{|#0:_calls|} = 3;", "changes its own state (_calls)", State)]
    public Task ImpureScenario_IsReported(string statement, string does, string remedy) =>
        Source.ReportsAsync<ImpureEvaluationAnalyzer>(Scenario(statement), Message("Diagnose", does, remedy));

    [Fact]
    public Task WhatItCallsOfItself_IsReported_AndOnlyThat() =>
        Source.ReportsAsync<ImpureEvaluationAnalyzer>(
            Scenario("_ = new[] { 1 }.Select(n => Helper(n)); _ = Late;", """
                private long Helper(int number) => number + Deeper();

                private static long Deeper() => {|#0:DateTime.UtcNow|}.Ticks;

                private bool Late => {|#1:Environment.ProcessId|} > 1;

                public static WaitsScenario Create() => new(TimeProvider.System, new HttpClient()) { Started = DateTime.UtcNow };

                public DateTime Started { get; init; }
                """),
            Message("Deeper", "reads the clock (DateTime.UtcNow)", Clock),
            Message("Late", "reads the environment (Environment.ProcessId)", Measure));

    [Fact]
    public Task PropertyWithBothAccessors_IsReportedWhereItIsRead() =>
        Source.ReportsAsync<ImpureEvaluationAnalyzer>(
            Scenario("_ = Late;", """
                public bool Late { set => _calls = value ? 1 : 0; get => {|#0:Environment.ProcessId|} > 1; }
                """),
            Message("Late", "reads the environment (Environment.ProcessId)", Measure));

    [Fact]
    public Task LogPattern_IsReported() =>
        Source.ReportsAsync<ImpureEvaluationAnalyzer>(
            """
            using Cliply.Diagnostics.Logs;

            internal sealed class DiskFullPattern : ILogPattern
            {
                public string Code => "disk-full";

                public IReadOnlyList<string> Phrases => {|#0:File.ReadAllLines("/etc/phrases")|};

                public bool Confirms(ReadOnlySpan<char> text, int start, int length) => start > {|#1:Random.Shared|}.Next(3);
            }
            """,
            "'DiskFullPattern.Phrases' reads or writes files (File.ReadAllLines); the same text must always give the same answer, so measure it in a collector, or take it from the constructor",
            "'DiskFullPattern.Confirms' is random (Random.Shared); the same text must always give the same answer, so derive it from the snapshot");

    [Fact]
    public Task BaseClassOfTheHost_IsReportedInBoth() =>
        Source.ReportsAsync<ImpureEvaluationAnalyzer>(
            """
            using Cliply.Diagnostics.Classification;
            using Cliply.Diagnostics.Reports;
            using Cliply.Diagnostics.Scenarios;

            public abstract class OwnScenario : IScenario
            {
                public abstract string Code { get; }

                public Diagnosis? Diagnose(FleetFacts facts) => {|#0:DateTime.Now|}.Hour > 3 && Holds(facts) ? null : null;

                protected abstract bool Holds(FleetFacts facts);
            }

            public sealed class WaitsScenario : OwnScenario
            {
                public override string Code => "waits";

                protected override bool Holds(FleetFacts facts) => {|#1:DateTime.Today|}.Day > 3;
            }
            """,
            "'OwnScenario.Diagnose' reads the clock (DateTime.Now); the same snapshot must always give the same answer, so take the time from the snapshot's CapturedAt",
            "'WaitsScenario.Holds' reads the clock (DateTime.Today); the same snapshot must always give the same answer, so take the time from the snapshot's CapturedAt");

    [Theory]
    [InlineData("_ = facts.Snapshot.CapturedAt.AddMinutes(-5);")]
    [InlineData("_ = string.Join(Environment.NewLine, new List<string> { \"a\" });")]
    [InlineData("var list = new List<string>(); list.Add(\"a\"); list.Sort();")]
    [InlineData("_ = Path.GetFileName(\"/a/b\") + Shared.Limit + Shared.Names.Count;")]
    [InlineData("using var reader = new StringReader(\"a\"); _ = reader.ReadLine();")]
    [InlineData("_ = new DateTime(2026, 1, 1).AddDays(1) + TimeSpan.FromDays(1);")]
    [InlineData("_ = _calls + 1;")]
    [InlineData("_ = System.Text.RegularExpressions.Regex.IsMatch(\"a\", \"b\");")]
    [InlineData("_ = new Random(42).Next();")]
    [InlineData("_ = HttpMethod.Get.Method + new System.Data.Common.DbConnectionStringBuilder().ConnectionString;")]
    [InlineData("using var reader = new EmptyReader();")]
    [InlineData("_ = Shared.Fixed.Add(\"a\");")]
    [InlineData("_ = nameof(DateTime.Now) + nameof(Environment.MachineName) + nameof(Shared.Last);")]
    [InlineData("_ = Shared.Patterns.GetOrAdd(\"a\", p => new System.Text.RegularExpressions.Regex(p));")]
    [InlineData("_ = Shared.Zero.Add(Shared.Zero);")]
    [InlineData("_ = Shared.Lines.Append(\"a\");")]
    public Task PureScenario_IsFine(string statement) => Source.IsFineAsync<ImpureEvaluationAnalyzer>(Scenario(statement));

    [Fact]
    public Task ScenarioThatIsAlsoACollectorOrAService_MayReadThere() =>
        Source.IsFineAsync<ImpureEvaluationAnalyzer>("""
            using Cliply.Diagnostics.Classification;
            using Cliply.Diagnostics.Collection;
            using Cliply.Diagnostics.Evidence;
            using Cliply.Diagnostics.Reports;
            using Cliply.Diagnostics.Scenarios;

            public sealed class BothScenario : BackgroundService, IScenario, IEvidenceCollector
            {
                public string Code => "both";

                public string Name => Environment.MachineName;

                public string Host { get; } = Environment.MachineName;

                public IReadOnlyList<SnapshotSection> Sections => [SnapshotSection.Resources];

                public Diagnosis? Diagnose(FleetFacts facts) => Host.Length > 3 ? null : null;

                public Task<CollectedEvidence> CollectAsync(CancellationToken cancellationToken) => Task.FromResult(new CollectedEvidence { CapturedAt = DateTimeOffset.UtcNow });

                protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Delay(DateTime.UtcNow.Second, stoppingToken);
            }
            """);

    [Fact]
    public Task ExplicitImplementation_IsReported() =>
        Source.ReportsAsync<ImpureEvaluationAnalyzer>(
            """
            using Cliply.Diagnostics.Classification;
            using Cliply.Diagnostics.Reports;
            using Cliply.Diagnostics.Scenarios;

            internal sealed record WaitsScenario<T>(T Value) : IScenario
            {
                string IScenario.Code => "waits";

                Diagnosis? IScenario.Diagnose(FleetFacts facts) => {|#0:DateTime.UtcNow|}.Hour > 3 ? null : null;
            }
            """,
            Message("Diagnose", "reads the clock (DateTime.UtcNow)", Clock));

    [Fact]
    public Task CollectorOfTheHost_MayReadAnything() =>
        Source.IsFineAsync<ImpureEvaluationAnalyzer>("""
            using Cliply.Diagnostics.Collection;
            using Cliply.Diagnostics.Evidence;

            internal sealed class OwnCollector : IEvidenceCollector
            {
                public string Name => Environment.MachineName;

                public IReadOnlyList<SnapshotSection> Sections => [SnapshotSection.Resources];

                public Task<CollectedEvidence> CollectAsync(CancellationToken cancellationToken) => Task.FromResult(new CollectedEvidence { CapturedAt = DateTimeOffset.UtcNow });
            }
            """);

    private static string Message(string member, string does, string remedy) => $"'WaitsScenario.{member}' {does}; the same snapshot must always give the same answer, so {remedy}";

    private static string Scenario(string statement, string members = "") => $$"""
        using System.Collections.Immutable;
        using Cliply.Diagnostics.Classification;
        using Cliply.Diagnostics.Reports;
        using Cliply.Diagnostics.Scenarios;

        internal sealed class WaitsScenario : IScenario
        {
            private static int s_count;
            private readonly TimeProvider _time;
            private readonly HttpClient _client;
            private readonly Npgsql.NpgsqlConnection _connection = new();
            private int _calls;

            public WaitsScenario(TimeProvider time, HttpClient client)
            {
                _time = time;
                _client = client;
                _calls = DateTime.UtcNow.Day + s_count;
            }

            public string Code => "waits";

            public Diagnosis? Diagnose(FleetFacts facts)
            {
                {{statement}}
                return null;
            }

            {{members}}
        }

        internal sealed class EmptyReader() : StreamReader(new MemoryStream());

        internal static class Shared
        {
            public const int Limit = 3;

            public static readonly ImmutableList<string> Fixed = [];

            public static string Last { get; set; } = "";

            public static HashSet<string> Seen { get; } = [];

            public static IReadOnlyList<string> Names { get; } = ["a"];

            public static IEnumerable<string> Lines { get; } = ["a"];

            public static readonly System.Collections.Concurrent.ConcurrentDictionary<string, System.Text.RegularExpressions.Regex> Patterns = new();

            public static readonly Money Zero = new(0);
        }

        internal sealed record Money(int Cents)
        {
            public Money Add(Money other) => new(Cents + other.Cents);
        }
        """;
}
