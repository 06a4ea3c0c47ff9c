using System.Diagnostics;

namespace Cliply.Diagnostics.Tests.Fakes;

/// <summary>Waits for what other threads or processes do; generously, as the machine may be slow.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static Task HoldsAsync(Func<bool> condition, string what) => HoldsAsync(() => Task.FromResult(condition()), what);

    public static async Task HoldsAsync(Func<Task<bool>> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            watch.Elapsed.Should().BeLessThan(Limit, "{0} is waited for", what);
            await Task.Delay(25, TestContext.Current.CancellationToken);
        }
    }
}
