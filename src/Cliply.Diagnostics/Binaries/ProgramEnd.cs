namespace Cliply.Diagnostics.Binaries;

/// <summary>How a program's run came to its end.</summary>
internal enum ProgramEnd
{
    /// <summary>By itself.</summary>
    Exited,

    /// <summary>It was killed at its limit.</summary>
    TimedOut,

    /// <summary>It was killed because it printed more than it may.</summary>
    TooMuchOutput,

    /// <summary>The system does not execute it.</summary>
    NotExecutable,

    /// <summary>It can be executed, but what it needs for that, such as its interpreter, is not there.</summary>
    NotStarted,
}
