using Cliply.Diagnostics.Analyzers.Async;

namespace Cliply.Diagnostics.Analyzers.Tests.Async;

public sealed class ForgottenTokenTests
{
    [Theory]
    [InlineData("public Task AskAsync(CancellationToken stopping) => diagnostics.{|#0:DiagnoseAsync|}();", "stopping")]
    [InlineData("public Task AskAsync(HttpContext context) => diagnostics.{|#0:DiagnoseAsync|}();", "context.RequestAborted")]
    [InlineData("public Task AskAsync(HttpContext context, CancellationToken token) => diagnostics.{|#0:DiagnoseAsync|}();", "token")]
    [InlineData("public Task AskAsync() { using var source = new CancellationTokenSource(); var token = source.Token; return diagnostics.{|#0:DiagnoseAsync|}(); }", "token")]
    [InlineData("public Task AskAsync(CancellationToken outer) => Task.Run(() => diagnostics.{|#0:DiagnoseAsync|}());", "outer")]
    [InlineData("public Func<CancellationToken, Task> Ask => token => diagnostics.{|#0:DiagnoseAsync|}();", "token")]
    public Task TokenAtHand_IsReported(string member, string token) => Source.ReportsAsync<ForgottenTokenAnalyzer>(Class(member), Message(token));

    [Theory]
    [InlineData("public Task AskAsync(CancellationToken token) => diagnostics.DiagnoseAsync(token);")]
    [InlineData("public Task AskAsync(CancellationToken token) => diagnostics.DiagnoseAsync(CancellationToken.None);")]
    [InlineData("public Task AskAsync(CancellationToken token) => diagnostics.DiagnoseAsync(cancellationToken: default);")]
    [InlineData("public Task AskAsync() => diagnostics.DiagnoseAsync();")]
    [InlineData("public Task AskAsync() { var task = diagnostics.DiagnoseAsync(); var token = CancellationToken.None; return task.WaitAsync(token); }")]
    [InlineData("public Func<IFleetDiagnostics, Task> Ask(CancellationToken token) { token.ThrowIfCancellationRequested(); return static d => d.DiagnoseAsync(); }")]
    [InlineData("public Task AskAsync(CancellationToken token) { return AskNowAsync(diagnostics); static Task AskNowAsync(IFleetDiagnostics d) => d.DiagnoseAsync(); }")]
    [InlineData("public Task DiagnoseAsync() => Task.CompletedTask; public Task AskAsync(CancellationToken token) => DiagnoseAsync();")]
    public Task Passed_OrNoneAtHand_IsFine(string member) => Source.IsFineAsync<ForgottenTokenAnalyzer>(Class(member));

    [Theory]
    [InlineData("public static Task AskAsync(CancellationToken token) { return Now(token); static Task Now(CancellationToken token) { token.ThrowIfCancellationRequested(); return Of(static d => d.DiagnoseAsync()); } } static Task Of(Func<IFleetDiagnostics, Task> ask) => ask(null!);")]
    [InlineData("public Func<Task> Ask(in CancellationToken token) { token.ThrowIfCancellationRequested(); return () => diagnostics.DiagnoseAsync(); }")]
    [InlineData("public Func<CancellationToken, Task> Ask => _ => diagnostics.DiagnoseAsync();")]
    [InlineData("public Func<CancellationToken, CancellationToken, Task> Ask => (_, _) => diagnostics.DiagnoseAsync();")]
    [InlineData("public Task AskAsync() { CancellationToken token; return diagnostics.DiagnoseAsync(); }")]
    [InlineData("public Task AskAsync() { if (Last is null) { var token = CancellationToken.None; token.ThrowIfCancellationRequested(); } return diagnostics.DiagnoseAsync(); }")]
    [InlineData("public Task AskAsync(CancellationToken @default) => diagnostics.DiagnoseAsync();")]
    [InlineData("public Task AskAsync(HttpContext? context) => diagnostics.DiagnoseAsync();")]
    [InlineData("public sealed class Nested(CancellationToken token) { public CancellationToken Token => token; public static Task AskAsync(IFleetDiagnostics d) => d.DiagnoseAsync(); }")]
    [InlineData("public sealed class Nested(CancellationToken token) { public CancellationToken Token => token; public sealed class Inner { public static Task AskAsync(IFleetDiagnostics d) => d.DiagnoseAsync(); } }")]
    public Task NotToBeNamedThere_IsFine(string member) => Source.IsFineAsync<ForgottenTokenAnalyzer>(Class(member));

    [Fact]
    public Task VariableOfTopLevelStatements_InAClass_IsFine() =>
        Source.IsFineAsync<ForgottenTokenAnalyzer>("""
            using Cliply.Diagnostics.Collection;

            var token = CancellationToken.None;
            token.ThrowIfCancellationRequested();

            internal sealed class Asks(IFleetDiagnostics diagnostics)
            {
                public Task AskAsync() => diagnostics.DiagnoseAsync();
            }
            """);

    [Fact]
    public Task UnknownType_CodeIsBeingWritten_IsFine() =>
        Source.IsFineAsync<ForgottenTokenAnalyzer>(Class("public Task AskAsync({|CS0234:Missing.HttpContext|} a, {|CS0246:CancellationTokens|} b) => diagnostics.DiagnoseAsync();").Replace("{|CS0234:Missing.HttpContext|}", "{|CS0246:Missing|}.HttpContext", StringComparison.Ordinal));

    [Fact]
    public Task Fix_PassesIt() =>
        Source.IsFixedAsync<ForgottenTokenAnalyzer, ForgottenTokenFix>(
            Class("public Task AskAsync(CancellationToken token) => diagnostics.{|#0:DiagnoseAsync|}();"),
            Class("public Task AskAsync(CancellationToken token) => diagnostics.DiagnoseAsync(token);"),
            Message("token"));

    [Fact]
    public Task Fix_BehindOtherArguments_PassesItInItsPlaceOrByName() =>
        Source.IsFixedAsync<ForgottenTokenAnalyzer, ForgottenTokenFix>(
            Class("""
                public Task AskAsync(Stream log, LogPatternMatcher matcher, CancellationToken token) => LogFiles.{|#0:ScanAsync|}(log, "a", matcher, TimeProvider.System);

                public Task AskToo(Stream log, LogPatternMatcher matcher, CancellationToken token) => LogFiles.{|#1:ScanAsync|}(log, "a", time: TimeProvider.System, matcher: matcher);
                """),
            Class("""
                public Task AskAsync(Stream log, LogPatternMatcher matcher, CancellationToken token) => LogFiles.ScanAsync(log, "a", matcher, TimeProvider.System, token);

                public Task AskToo(Stream log, LogPatternMatcher matcher, CancellationToken token) => LogFiles.ScanAsync(log, "a", time: TimeProvider.System, matcher: matcher, cancellationToken: token);
                """),
            Message("token", "LogFiles.ScanAsync"),
            Message("token", "LogFiles.ScanAsync"));

    private static string Message(string token, string method = "IFleetDiagnostics.DiagnoseAsync") => $"'{method}' is not given the token '{token}', and goes on when its caller has given up; pass it";

    private static string Class(string member) => $$"""
        using Cliply.Diagnostics.Collection;
        using Cliply.Diagnostics.Logs;

        public sealed class Asks(IFleetDiagnostics diagnostics)
        {
            public FleetReading? Last => diagnostics.Last;

            {{member}}
        }
        """;
}
