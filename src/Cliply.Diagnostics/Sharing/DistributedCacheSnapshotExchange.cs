using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.JobStores;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Sharing;

/// <summary>
/// Two entries of a cache: what was collected, which expires with its age, and a lease. A cache can't set an entry only
/// where there is none, so that two hosts that look in the same moment both collect; the later result stays.
/// </summary>
internal sealed class DistributedCacheSnapshotExchange : ISnapshotExchange
{
    private readonly IDistributedCache _cache;
    private readonly IJobStoreCollector _store;
    private readonly CliplyDiagnosticsOptions _options;
    private readonly TimeProvider _time;
    private readonly byte[] _host = Guid.NewGuid().ToByteArray();
    private readonly string _evidenceKey;
    private readonly string _leaseKey;
    private long _leasedSince;

    public DistributedCacheSnapshotExchange(IDistributedCache cache, IJobStoreCollector store, IOptions<CliplyDiagnosticsOptions> options, IOptions<SnapshotSharingOptions> sharing, SharingScope scope, TimeProvider time)
    {
        _cache = cache;
        _store = store;
        _options = options.Value;
        _time = time;
        var key = $"{sharing.Value.CacheKeyPrefix}{Convert.ToHexStringLower(SharingScope.Hash($"{store.Identity}\n{scope.Text}").AsSpan(0, 16))}";
        _evidenceKey = $"{key}:evidence";
        _leaseKey = $"{key}:lease";
    }

    public async Task<SnapshotOffer> LookAsync(CancellationToken cancellationToken)
    {
        if (await _cache.GetAsync(_evidenceKey, cancellationToken).ConfigureAwait(false) is { } document)
        {
            return new SnapshotOffer { Document = document, Reply = await _store.ReachAsync(cancellationToken).ConfigureAwait(false) };
        }

        if (await _cache.GetAsync(_leaseKey, cancellationToken).ConfigureAwait(false) is not null)
        {
            return SnapshotOffer.None;
        }

        await _cache.SetAsync(_leaseKey, _host, For(_options.CollectionDeadline), cancellationToken).ConfigureAwait(false);
        _leasedSince = _time.GetTimestamp();
        return new SnapshotOffer { Leads = true };
    }

    public async Task PublishAsync(byte[] document, CancellationToken cancellationToken)
    {
        // Its age counts from before it was collected, for that is the time that the evidence itself bears.
        if (_options.SnapshotMaxAge - _time.GetElapsedTime(_leasedSince) is { Ticks: > 0 } left)
        {
            await _cache.SetAsync(_evidenceKey, document, For(left), cancellationToken).ConfigureAwait(false);
        }

        await GiveUpAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Leaves the lease of another host, that has come in the same moment, where it is.</summary>
    public async Task GiveUpAsync(CancellationToken cancellationToken)
    {
        if (await _cache.GetAsync(_leaseKey, cancellationToken).ConfigureAwait(false) is { } lease && lease.AsSpan().SequenceEqual(_host))
        {
            await _cache.RemoveAsync(_leaseKey, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Only the type: messages of a cache's client hold addresses.</summary>
    public SharingFailure FailureOf(Exception exception) => exception is OperationCanceledException or TimeoutException
        ? SharingFailure.NoAnswer with { Message = "the distributed cache gave no answer in time" }
        : new(SectionFailure.Unexpected, $"the distributed cache failed with {exception.GetType().Name}");

    private static DistributedCacheEntryOptions For(TimeSpan time) => new() { AbsoluteExpirationRelativeToNow = time };
}
