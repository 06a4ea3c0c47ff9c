namespace Cliply.Diagnostics.SampleFleet;

/// <summary>Claims a job, beats while it runs, and finishes it; or fails in the way that is injected.</summary>
internal sealed class Worker(JobQueue queue, Func<string?> breakage, string id)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await queue.ReleaseAllAsync(id, cancellationToken);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // A claim loop that is broken goes round and round and asks for nothing.
            var job = breakage() == "not-claiming" ? null : await queue.ClaimAsync(id, cancellationToken);
            if (job is null)
            {
                await Task.Delay(100, cancellationToken);
                continue;
            }

            await WorkAsync(job.Value.Id, cancellationToken);
        }
    }

    private async Task WorkAsync(long job, CancellationToken cancellationToken)
    {
        try
        {
            for (var step = 0; step < 3; step++)
            {
                await Task.Delay(200, cancellationToken);
                if (breakage() == "crash-loop")
                {
                    throw new InvalidOperationException("Unhandled exception in the job handler.");
                }

                while (breakage() == "stuck")
                {
                    // No heartbeat, no progress, and the job stays locked.
                    await Task.Delay(100, cancellationToken);
                }

                await queue.BeatAsync(job, cancellationToken);
            }

            await queue.FinishAsync(job, CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            await queue.ReleaseAsync(job, CancellationToken.None);
            throw;
        }
        catch (InvalidOperationException exception)
        {
            await queue.FailAsync(job, exception.Message, CancellationToken.None);
            throw;
        }
    }
}
