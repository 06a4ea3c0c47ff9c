namespace Cliply.Diagnostics.Cli.Output;

/// <summary>Says on a terminal what takes longer than a second; a pipe is told nothing.</summary>
internal static class Progress
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <param name="what">As in "collecting evidence".</param>
    /// <param name="work">What takes its time.</param>
    public static async Task<T> WhileAsync<T>(string what, Task<T> work)
    {
        if (Console.IsErrorRedirected)
        {
            return await work;
        }

        var start = TimeProvider.System.GetTimestamp();
        var shown = 0;
        while (await Task.WhenAny(work, Task.Delay(Patience)) != work)
        {
            var text = $"\rcliply: {what}, {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0} s";
            shown = Math.Max(shown, text.Length);
            await Console.Error.WriteAsync(text);
        }

        if (shown > 0)
        {
            await Console.Error.WriteAsync($"\r{new string(' ', shown)}\r");
        }

        return await work;
    }
}
