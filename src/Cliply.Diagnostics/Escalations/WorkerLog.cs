namespace Cliply.Diagnostics.Escalations;

/// <summary>The end of one worker's log.</summary>
/// <param name="Worker">The worker's name on its platform, or the log's; as its writer chose it, control characters dropped.</param>
/// <param name="Text">Its newest lines, each with a break behind it. Control characters stay; what is no UTF-8 is U+FFFD.</param>
/// <param name="IsPrevious">Whether it is the log of the run before the present one.</param>
/// <param name="IsCut">Whether a limit of bytes left out lines or parts of them that were asked for. That a log has older lines is no cut.</param>
internal sealed record WorkerLog(string Worker, string Text, bool IsPrevious = false, bool IsCut = false);
