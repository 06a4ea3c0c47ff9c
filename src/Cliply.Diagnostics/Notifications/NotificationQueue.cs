namespace Cliply.Diagnostics.Notifications;

/// <summary>
/// Messages that wait to be sent, at most <see cref="Capacity"/>. A channel could only drop its oldest, which may be the one
/// message of another diagnosis.
/// </summary>
internal sealed class NotificationQueue : IDisposable
{
    public const int Capacity = 100;

    private readonly Lock _gate = new();
    private readonly LinkedList<Notification> _waiting = new();
    private readonly SemaphoreSlim _changed = new(0);
    private bool _isComplete;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Adds a message without waiting.</summary>
    /// <returns>The message that had to go for it: the oldest of the same diagnosis, else the oldest; this one where no more are taken; null: none.</returns>
    public Notification? Add(Notification message)
    {
        lock (_gate)
        {
            if (_isComplete)
            {
                return message;
            }

            Notification? dropped = null;
            if (_waiting.Count == Capacity)
            {
                dropped = _waiting.FirstOrDefault(n => n.Fingerprint == message.Fingerprint) ?? _waiting.First!.Value;
                _waiting.Remove(dropped);
            }

            _waiting.AddLast(message);
            _changed.Release();
            return dropped;
        }
    }

    /// <summary>Takes no more; what waits is still handed out.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isComplete = true;
            _changed.Release();
        }
    }

    /// <returns>Null once it is complete and nothing waits.</returns>
    public async Task<Notification?> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _changed.WaitAsync(cancellationToken).ConfigureAwait(false);
            lock (_gate)
            {
                if (_waiting.First is { } first)
                {
                    _waiting.RemoveFirst();
                    return first.Value;
                }

                if (_isComplete)
                {
                    return null;
                }
            }
        }
    }

    public void Dispose() => _changed.Dispose();
}
