using System.Data.Common;
using Microsoft.Extensions.Hosting;

namespace Cliply.Diagnostics.SampleFleet;

/// <summary>Queues a job every half second.</summary>
internal sealed class Producer(JobQueue queue) : BackgroundService
{
    private static readonly string[] Kinds = ["TRANSCRIBE", "CLIP_RENDER", "YOUTUBE_DOWNLOAD", "PUBLISH_TIKTOK"];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var i = 0; !stoppingToken.IsCancellationRequested; i++)
        {
            try
            {
                await queue.AddAsync(Kinds[i % Kinds.Length], stoppingToken);
            }
            catch (DbException)
            {
                // The database is away, which the diagnosis shows; the next job is tried as before.
            }

            await Task.Delay(500, stoppingToken);
        }
    }
}
