namespace Cliply.Diagnostics.Kubernetes;

/// <summary>What was read of the end of a log.</summary>
/// <param name="Kept">What took it in.</param>
/// <param name="Lines">How many lines it is.</param>
/// <param name="LacksEnd">Whether the newest lines did not come, for those before them filled the limit of bytes.</param>
/// <param name="IsCut">Whether it is fewer lines than were asked for because of their bytes.</param>
internal sealed record LogEnd<T>(T Kept, long Lines, bool LacksEnd, bool IsCut);
