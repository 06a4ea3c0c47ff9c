using Microsoft.Extensions.Hosting;

namespace Cliply.Diagnostics.SampleHost;

/// <summary>Queues a job every half second.</summary>
internal sealed class Producer(JobQueue queue) : BackgroundService
{
    private static readonly string[] Kinds = ["TRANSCRIBE", "CLIP_RENDER", "YOUTUBE_DOWNLOAD", "PUBLISH_TIKTOK"];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var i = 0; !stoppingToken.IsCancellationRequested; i++)
        {
            await queue.AddAsync(Kinds[i % Kinds.Length], stoppingToken);
            await Task.Delay(500, stoppingToken);
        }
    }
}
