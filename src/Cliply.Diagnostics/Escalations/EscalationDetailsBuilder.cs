using System.Text;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;

namespace Cliply.Diagnostics.Escalations;

/// <summary>Gathers what a source finds, within what was asked for. Not safe for concurrent use.</summary>
internal sealed class EscalationDetailsBuilder(EscalationRequest request)
{
    private const int MaxNameLength = 200;

    private readonly List<WorkerLog> _logs = [];
    private readonly List<DeploymentFile> _files = [];
    private readonly List<WorkerVersion> _workers = [];
    private readonly List<Rollout> _rollouts = [];
    private readonly List<MissingDetail> _missing = [];
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);
    private long _bytesOfFiles;

    /// <summary>Adds the end of a log.</summary>
    public void AddLog(string worker, ReadOnlySpan<byte> lines, bool isCut, bool isPrevious = false)
    {
        var text = Encoding.UTF8.GetString(lines);
        _logs.Add(new WorkerLog(Shown(worker), text.Length == 0 || text.EndsWith('\n') ? text : text + "\n", isPrevious, isCut));
    }

    /// <summary>Adds a file under a name of its own; one that is too large is missing.</summary>
    /// <param name="folder">The source's folder.</param>
    /// <param name="name">The file's name as its writer chose it.</param>
    /// <param name="text">The text.</param>
    public void AddFile(string folder, string name, string text)
    {
        var file = $"{folder}/{Unique(folder, Safe(name))}";
        var bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes > EscalationRequest.MaxBytesPerFile)
        {
            AddMissing(file, TextFile.TooLarge);
        }
        else if (_bytesOfFiles + bytes > request.BytesOfFiles)
        {
            AddMissing(file, new SectionFailure("tooLarge", "the files before it filled the room for files; allow more bytes"));
        }
        else
        {
            _bytesOfFiles += bytes;
            _files.Add(new DeploymentFile(file, text));
        }
    }

    public void AddWorker(WorkerVersion worker) => _workers.Add(worker with { Name = Shown(worker.Name) });

    public void AddRollouts(IEnumerable<Rollout> rollouts) => _rollouts.AddRange(rollouts.Select(r => r with { Deployment = Shown(r.Deployment) }));

    public void AddMissing(string what, SectionFailure reason) => _missing.Add(new MissingDetail(Shown(what), reason));

    /// <summary>Notes that there are more workers than are looked at.</summary>
    /// <param name="workers">How many there are.</param>
    public void NoteMore(int workers)
    {
        if (workers > request.MaxWorkers)
        {
            AddMissing($"{workers - request.MaxWorkers} more workers", new SectionFailure("tooMany", $"only {request.MaxWorkers} of {workers} workers are looked at; allow more, or narrow the options that say which are workers"));
        }
    }

    public EscalationDetails Build() => new() { Logs = [.. _logs], Files = [.. _files], Workers = [.. _workers], Rollouts = [.. _rollouts], Missing = [.. _missing] };

    private static string Shown(string name) => TextSanitizer.WithoutControlCharacters(name, MaxNameLength);

    /// <summary>Names come from containers, units and labels; a file must not leave its folder by its name.</summary>
    private static string Safe(string name)
    {
        var safe = new StringBuilder(Math.Min(name.Length, MaxNameLength));
        foreach (var character in name.AsSpan(0, Math.Min(name.Length, MaxNameLength)))
        {
            safe.Append(char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '@' || (character == '.' && safe.Length > 0) ? character : '_');
        }

        return safe.Length > 0 ? safe.ToString() : "_";
    }

    private string Unique(string folder, string name)
    {
        var unique = name;
        for (var i = 2; !_names.Add($"{folder}/{unique}"); i++)
        {
            unique = $"{Path.GetFileNameWithoutExtension(name)}-{i}{Path.GetExtension(name)}";
        }

        return unique;
    }
}
