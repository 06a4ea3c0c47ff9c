using System.Text;
using Cliply.Diagnostics.Analyzers.Secrets;

namespace Cliply.Diagnostics.Analyzers.Tests.Secrets;

/// <summary>All secrets are made up.</summary>
public sealed class SecretInSourceTests
{
    private const string Connection = "A connection string with a password";

    private const string Key = "sb_secret_canary_0123456789";

    private static readonly string ServiceRole = Token("""{"iss":"canary","role":"service_role"}""");

    private static readonly string Anon = Token("""{"iss":"canary","role":"anon"}""");

    [Theory]
    [InlineData("{|#0:\"Host=db;Username=app;Password=canary-1\"|}", Connection)]
    [InlineData("{|#0:\"Server=db;User Id=app;Pwd='canary;1'\"|}", Connection)]
    [InlineData("{|#0:\"PASSWORD=canary-1;Host=db\"|}", Connection)]
    [InlineData("{|#0:@\"Host=db;Password=canary-1\"|}", Connection)]
    [InlineData("{|#0:\"Host=db;\" + \"Username=app;\" + \"Password=canary-1\"|}", Connection)]
    [InlineData("{|#0:$\"Host={args[0]};Password=canary-1\"|}", Connection)]
    [InlineData("args.Length > 0 ? args[0] : {|#0:\"Host=db;Password=canary-1\"|}", Connection)]
    [InlineData("Environment.GetEnvironmentVariable(\"DB\") ?? {|#0:\"Host=db;Password=canary-1\"|}", Connection)]
    [InlineData("{|#0:\"postgres://app:canary-1@db:5432/cliply\"|}", "A PostgreSQL URL with a password")]
    [InlineData("{|#0:\"postgresql://app:canary-1@db/cliply\"|}", "A PostgreSQL URL with a password")]
    [InlineData("{|#0:\"sb_secret_canary_0123456789\"|}", "A Supabase service-role key")]
    [InlineData("{|#0:\"Host=postgres;\" + \"Username=postgres;\" + \"Password=canary-1\"|}", Connection)]
    public Task SecretAsConnectionString_IsReported(string expression, string kind) =>
        Source.ReportsAsync<SecretInSourceAnalyzer>(
            Program($"builder.Services.AddCliplyHealthChecks(options => options.ConnectionString = {expression});"),
            Message(kind, "CliplyDiagnosticsOptions.ConnectionString"));

    [Fact]
    public Task ServiceRoleToken_IsReported() =>
        Source.ReportsAsync<SecretInSourceAnalyzer>(
            Program($$"""
                builder.Services.AddCliplyHealthChecks()
                    .AddPrometheus("http://prometheus:9090", options => options.BearerToken = {|#0:"{{ServiceRole}}"|})
                    .AddWebhook(options => options.Headers["Authorization"] = {|#1:"Bearer {{ServiceRole}}"|})
                    .AddPrometheus(configure: options => options.Headers.Add("apikey", {|#2:"{{Key}}"|}))
                    .AddWebhook(options => options.Headers = new Dictionary<string, string> { ["apikey"] = {|#3:"{{Key}}"|} });
                """),
            Message("A token with the role service_role", "PrometheusOptions.BearerToken"),
            Message("A token with the role service_role", "WebhookOptions.Headers"),
            Message("A Supabase service-role key", "PrometheusOptions.Headers"),
            Message("A Supabase service-role key", "WebhookOptions.Headers"));

    [Fact]
    public Task ArgumentOfTheLibrary_IsReported() =>
        Source.ReportsAsync<SecretInSourceAnalyzer>(
            Program("""
                builder.Services.AddCliplySqliteJobStore({|#0:"Data Source=jobs.db;Password=canary-1"|});
                builder.Services.AddCliplyHealthChecks(options => Set(options, "Host=db;Password=canary-1"));
                _ = new CliplyDiagnosticsOptions { ConnectionString = {|#1:"Host=db;Password=canary-1"|} };
                static void Set(CliplyDiagnosticsOptions options, string text) => Console.WriteLine(options + text);
                """),
            Message(Connection, "AddCliplySqliteJobStore"),
            Message(Connection, "CliplyDiagnosticsOptions.ConnectionString"));

    [Fact]
    public Task ThroughVariablesConstantsAndProperties_IsReported() =>
        Source.ReportsAsync<SecretInSourceAnalyzer>(
            Program(
                """
                var text = {|#0:"Host=db;Password=canary-1"|};
                string other;
                other = {|#1:"Host=db;Password=canary-2"|};
                builder.Services.AddCliplyHealthChecks(options => options.ConnectionString = text + other);
                builder.Services.AddCliplySqliteJobStore(Own.Constant);
                builder.Services.AddCliplySqliteJobStore(Own.Field);
                builder.Services.AddCliplySqliteJobStore(Own.Property);
                """,
                """
                internal static class Own
                {
                    public const string Constant = {|#2:"Host=db;Password=canary-3"|};

                    public static readonly string Field = {|#3:"Host=db;Password=canary-4"|};

                    public static string Property => {|#4:"Host=db;Password=canary-5"|};

                    public const string Unused = "Host=db;Password=canary-6";
                }
                """),
            Message(Connection, "CliplyDiagnosticsOptions.ConnectionString"),
            Message(Connection, "CliplyDiagnosticsOptions.ConnectionString"),
            Message(Connection, "AddCliplySqliteJobStore"),
            Message(Connection, "AddCliplySqliteJobStore"),
            Message(Connection, "AddCliplySqliteJobStore"));

    [Theory]
    [InlineData("\"Host=db;Username=app\"")]
    [InlineData("\"Host=db;Password=\"")]
    [InlineData("\"Host=db;Password=<password>\"")]
    [InlineData("\"Host=db;Password=${PASSWORD}\"")]
    [InlineData("\"Host=db;Password=********\"")]
    [InlineData("$\"Host=db;Password={args[0]}\"")]
    [InlineData("\"Host=db;Password=\" + args[0]")]
    [InlineData("\"postgres://app@db/cliply\"")]
    [InlineData("$\"postgres://app:{args[0]}@db/cliply\"")]
    [InlineData("\"postgres://app:<password>@db/cliply\"")]
    [InlineData("builder.Configuration[\"Password\"]")]
    [InlineData("builder.Configuration.GetConnectionString(\"Host=db;Password=canary-1\")")]
    [InlineData("\"sb_secret_xxxxxxxxxxxx\"")]
    [InlineData("\"Host=db;Password=PASSWORD\".Replace(\"PASSWORD\", args[0])")]
    [InlineData("args[0] == \"Host=db;Password=canary-1\" ? null : args[0]")]
    [InlineData("args[0] is \"Host=db;Password=canary-1\" ? null : args[0]")]
    public Task NoSecret_IsFine(string expression) =>
        Source.IsFineAsync<SecretInSourceAnalyzer>(Program($"builder.Services.AddCliplyHealthChecks(options => options.ConnectionString = {expression});"));

    [Fact]
    public Task TokenOfAnotherRole_IsFine() =>
        Source.IsFineAsync<SecretInSourceAnalyzer>(Program($$"""builder.Services.AddCliplyHealthChecks().AddPrometheus("http://prometheus:9090", options => options.BearerToken = "{{Anon}}");"""));

    [Fact]
    public Task PassedToOthers_OrAsEvidence_IsFine() =>
        Source.IsFineAsync<SecretInSourceAnalyzer>(Program("""
            Console.WriteLine("Host=db;Password=canary-1");
            _ = new Cliply.Diagnostics.Evidence.QueueError { Sample = "postgres://app:canary-1@db/cliply" };
            _ = new Cliply.Diagnostics.Redaction.SecretRedactor(["postgres://app:canary-1@db/cliply"]).Redact("Host=db;Password=canary-1");
            """));

    [Fact]
    public Task LogText_IsFine() =>
        Source.IsFineAsync<SecretInSourceAnalyzer>(Program("""_ = new Cliply.Diagnostics.Logs.LogPatternMatcher().FirstMatch("postgres://app:canary-1@db/cliply");"""));

    [Fact]
    public Task MethodThatIsNotThere_CodeIsBeingWritten_IsFine() =>
        Source.IsFineAsync<SecretInSourceAnalyzer>(Program("""Cliply.Diagnostics.CliplyDiagnosticsOptions.{|CS0117:Missing|}("Host=db;Password=canary-1");"""));

    [Fact]
    public Task TextOfManyParts_IsReportedOnce() =>
        Source.ReportsAsync<SecretInSourceAnalyzer>(
            Program($$"""builder.Services.AddCliplyHealthChecks(options => options.ConnectionString = {|#0:args[0] + {{string.Concat(Enumerable.Repeat("\"postgres;\" + ", 1000))}}"Host=db;Password=canary-1"|});"""),
            Message(Connection, "CliplyDiagnosticsOptions.ConnectionString"));

    [Fact]
    public Task HugeLiteral_IsFine() =>
        Source.IsFineAsync<SecretInSourceAnalyzer>(Program($$"""Console.WriteLine("{{string.Concat(Enumerable.Repeat("eyJ", 200_000))}}");"""));

    private static string Message(string kind, string receiver) => $"{kind} stands in the source and is passed to '{receiver}'; read it from the configuration, an environment variable or a secret store instead";

    private static string Token(string payload) => $"{Encode("""{"alg":"HS256"}""")}.{Encode(payload)}.Y2FuYXJ5";

    private static string Encode(string json) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private static string Program(string statements, string types = "") => $$"""
        using Cliply.Diagnostics;

        var builder = WebApplication.CreateBuilder(args);
        {{statements}}
        builder.Build().Run();
        {{types}}
        """;
}
