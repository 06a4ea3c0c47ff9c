namespace Cliply.Diagnostics.JobStores;

/// <summary>A sign of life.</summary>
/// <param name="Now">The store's clock.</param>
/// <param name="Milliseconds">How long the round trip took.</param>
internal sealed record JobStoreReply(DateTimeOffset Now, double Milliseconds);
