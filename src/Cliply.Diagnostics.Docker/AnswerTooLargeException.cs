namespace Cliply.Diagnostics.Docker;

/// <summary>An answer went beyond its bounds.</summary>
internal sealed class AnswerTooLargeException : Exception;
