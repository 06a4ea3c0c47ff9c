using Cliply.Diagnostics.Analyzers.Async;

namespace Cliply.Diagnostics.Analyzers.Tests.Async;

public sealed class BlockingCallTests
{
    [Theory]
    [InlineData("diagnostics.DiagnoseAsync().{|#0:Result|}", "Result")]
    [InlineData("diagnostics.DiagnoseAsync(token).GetAwaiter().{|#0:GetResult|}()", "GetAwaiter().GetResult()")]
    [InlineData("diagnostics.DiagnoseAsync().ConfigureAwait(false).GetAwaiter().{|#0:GetResult|}()", "GetAwaiter().GetResult()")]
    [InlineData("(diagnostics.DiagnoseAsync()).{|#0:Result|}", "Result")]
    public Task BlockingExpression_IsReported(string expression, string blocks) =>
        Source.ReportsAsync<BlockingCallAnalyzer>(Method($"return {expression};"), Message(blocks));

    [Fact]
    public Task Wait_IsReported() =>
        Source.ReportsAsync<BlockingCallAnalyzer>(
            Method("""
                diagnostics.DiagnoseAsync().{|#0:Wait|}();
                diagnostics.DiagnoseAsync().{|#1:Wait|}(TimeSpan.FromSeconds(5));
                return diagnostics.Last!;
                """),
            Message("Wait"),
            Message("Wait"));

    [Fact]
    public Task ThroughAVariable_IsReported() =>
        Source.ReportsAsync<BlockingCallAnalyzer>(
            Method("""
                var task = diagnostics.DiagnoseAsync();
                return task.{|#0:Result|};
                """),
            Message("Result"));

    [Fact]
    public Task CollectorOfTheHost_AskedThroughTheInterface_IsReported() =>
        Source.ReportsAsync<BlockingCallAnalyzer>(
            """
            using Cliply.Diagnostics.Collection;

            public static class Asks
            {
                public static CollectedEvidence Now(IEvidenceCollector collector) => collector.CollectAsync(default).{|#0:Result|};
            }
            """,
            "'Result' blocks a thread until 'IEvidenceCollector.CollectAsync' has ended, which takes as long as the slowest collector; await it");

    [Theory]
    [InlineData("var task = diagnostics.DiagnoseAsync(); Task.WhenAll(task).GetAwaiter().GetResult(); return task.Result;")]
    [InlineData("var task = diagnostics.DiagnoseAsync(); return task.IsCompletedSuccessfully ? task.Result : null!;")]
    [InlineData("_ = Task.FromResult(1).Result; return diagnostics.Last!;")]
    [InlineData("var reading = diagnostics.Last!; _ = new Answer(reading).Result; return reading;")]
    public Task EndedOrNotTheLibrarys_IsFine(string statements) => Source.IsFineAsync<BlockingCallAnalyzer>(Method(statements));

    [Fact]
    public Task Fix_InAsyncCode_Awaits() =>
        Source.IsFixedAsync<BlockingCallAnalyzer, BlockingCallFix>(
            """
            using Cliply.Diagnostics.Collection;

            var app = WebApplication.CreateBuilder(args).Build();
            var diagnostics = app.Services.GetRequiredService<IFleetDiagnostics>();
            Console.WriteLine(diagnostics.DiagnoseAsync().{|#0:Result|}.Report.Status);
            diagnostics.DiagnoseAsync().{|#1:Wait|}();
            app.MapGet("/status", async (CancellationToken token) => diagnostics.DiagnoseAsync(token).GetAwaiter().{|#2:GetResult|}());
            """,
            """
            using Cliply.Diagnostics.Collection;

            var app = WebApplication.CreateBuilder(args).Build();
            var diagnostics = app.Services.GetRequiredService<IFleetDiagnostics>();
            Console.WriteLine((await diagnostics.DiagnoseAsync()).Report.Status);
            await diagnostics.DiagnoseAsync();
            app.MapGet("/status", async (CancellationToken token) => await diagnostics.DiagnoseAsync(token));
            """,
            Message("Result"),
            Message("Wait"),
            Message("GetAwaiter().GetResult()"));

    [Fact]
    public Task Fix_AcrossLines_KeepsComments() =>
        Source.IsFixedAsync<BlockingCallAnalyzer, BlockingCallFix>(
            """
            using Cliply.Diagnostics.Collection;

            var app = WebApplication.CreateBuilder(args).Build();
            var diagnostics = app.Services.GetRequiredService<IFleetDiagnostics>();
            var reading = /* now */ diagnostics
                .DiagnoseAsync() // measures
                .{|#0:Result|}; // read
            """,
            """
            using Cliply.Diagnostics.Collection;

            var app = WebApplication.CreateBuilder(args).Build();
            var diagnostics = app.Services.GetRequiredService<IFleetDiagnostics>();
            var reading = /* now */ await diagnostics
                .DiagnoseAsync() // measures
            ; // read
            """,
            Message("Result"));

    [Theory]
    [InlineData("return diagnostics.DiagnoseAsync().{|#0:Result|};", "Result")]
    public Task Fix_WhereNothingMayBeAwaited_IsNotOffered(string statements, string blocks) =>
        Source.IsFixedAsync<BlockingCallAnalyzer, BlockingCallFix>(Method(statements), Method(statements), Message(blocks));

    [Theory]
    [InlineData("await Task.Yield(); return asks?.Diagnostics.DiagnoseAsync().{|#0:Result|}!;")]
    [InlineData("try { await Task.Yield(); } catch (IOException) when (asks!.Diagnostics.DiagnoseAsync().{|#0:Result|} is null) { } return null!;")]
    [InlineData("await Task.Yield(); return (from n in new[] { 1 } select asks!.Diagnostics.DiagnoseAsync().{|#0:Result|}).First();")]
    public Task Fix_WhereAwaitDoesNotCompile_IsNotOffered(string statements)
    {
        var source = $$"""
            using Cliply.Diagnostics.Collection;

            public sealed class Asks(IFleetDiagnostics diagnostics)
            {
                public IFleetDiagnostics Diagnostics => diagnostics;

                public static async Task<FleetReading> NowAsync(Asks? asks)
                {
                    {{statements}}
                }
            }
            """;
        return Source.IsFixedAsync<BlockingCallAnalyzer, BlockingCallFix>(source, source, Message("Result"));
    }

    [Fact]
    public Task Fix_WithATimeout_IsNotOffered()
    {
        const string Program = """
            using Cliply.Diagnostics.Collection;

            var app = WebApplication.CreateBuilder(args).Build();
            app.Services.GetRequiredService<IFleetDiagnostics>().DiagnoseAsync().{|#0:Wait|}(1000);
            """;
        return Source.IsFixedAsync<BlockingCallAnalyzer, BlockingCallFix>(Program, Program, Message("Wait"));
    }

    private static string Message(string blocks) => $"'{blocks}' blocks a thread until 'IFleetDiagnostics.DiagnoseAsync' has ended, which takes as long as the slowest collector; await it";

    private static string Method(string statements) => $$"""
        using Cliply.Diagnostics.Collection;

        public sealed class Asks(IFleetDiagnostics diagnostics)
        {
            public FleetReading Now(CancellationToken token)
            {
                {{statements}}
            }
        }

        public sealed record Answer(FleetReading Result);
        """;
}
