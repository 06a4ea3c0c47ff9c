using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Tests.Sharing;

/// <summary>A cache that can be made to throw or to hang.</summary>
internal sealed class SwitchedCache(Func<DateTimeOffset> now) : IDistributedCache
{
    private readonly MemoryDistributedCache _cache = new(Options.Create(new MemoryDistributedCacheOptions { Clock = new Clock(now) }));

    public Func<Task> Before { get; set; } = () => Task.CompletedTask;

    /// <summary>All keys that were asked for or set.</summary>
    public HashSet<string> Keys { get; } = [];

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        await PrepareAsync(key);
        return await _cache.GetAsync(key, token);
    }

    public async Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        await PrepareAsync(key);
        await _cache.SetAsync(key, value, options, token);
    }

    public async Task RemoveAsync(string key, CancellationToken token = default)
    {
        await PrepareAsync(key);
        await _cache.RemoveAsync(key, token);
    }

    public byte[]? Get(string key) => _cache.Get(key);

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => _cache.Set(key, value, options);

    public void Refresh(string key) => throw new NotSupportedException();

    public Task RefreshAsync(string key, CancellationToken token = default) => throw new NotSupportedException();

    public void Remove(string key) => throw new NotSupportedException();

    private Task PrepareAsync(string key)
    {
        lock (Keys)
        {
            Keys.Add(key);
        }

        return Before();
    }

    private sealed class Clock(Func<DateTimeOffset> now) : Microsoft.Extensions.Internal.ISystemClock
    {
        public DateTimeOffset UtcNow => now();
    }
}
