namespace Cliply.Diagnostics.Docker;

/// <summary>An answer can't be one of an engine.</summary>
internal sealed class MalformedAnswerException(Exception? inner = null) : Exception(message: null, inner);
