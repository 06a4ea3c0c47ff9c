namespace Cliply.Diagnostics.Processes;

/// <summary>Tells whether a process bears a name.</summary>
internal static class ProcessName
{
    /// <summary>The kernel keeps that much of a process's name.</summary>
    private const int KeptLength = 15;

    /// <summary>Compares a name with the process's own, with its program file's, and with the first word of what it calls itself.</summary>
    /// <param name="name">The name.</param>
    /// <param name="command">The process's name as the kernel keeps it.</param>
    /// <param name="commandLine">Its arguments, NUL between them; empty for one that has ended.</param>
    public static bool Matches(string name, string command, string commandLine)
    {
        var arguments = commandLine.Split('\0', 3);
        var program = FileName(arguments[0]);
        if (program == name || FirstWord(arguments[0]) == name || (command == name && command.Length < KeptLength))
        {
            return true;
        }

        // A script bears its own name, while its first argument is its interpreter.
        return command == name[..Math.Min(name.Length, KeptLength)] && (name.Length == KeptLength || commandLine.Length == 0 || (arguments.Length > 1 && FileName(arguments[1]) == name));
    }

    /// <summary>Programs that show their state there put it behind their name: "worker: idle".</summary>
    private static string FirstWord(string argument)
    {
        var end = argument.IndexOf(' ', StringComparison.Ordinal);
        return FileName(end < 0 ? argument : argument[..end]).TrimEnd(':');
    }

    private static string FileName(string path) => path[(path.LastIndexOf('/') + 1)..];
}
