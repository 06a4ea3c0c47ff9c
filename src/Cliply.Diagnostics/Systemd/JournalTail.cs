using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Cliply.Diagnostics.Logs;

namespace Cliply.Diagnostics.Systemd;

/// <summary>
/// What <c>journalctl --output=json --reverse</c> prints of one unit: what the worker said, and what systemd noted about its
/// ends and restarts.
/// </summary>
internal sealed class JournalTail
{
    /// <summary>The fields that are asked for; journalctl adds the times by itself.</summary>
    public const string Fields = "MESSAGE,MESSAGE_ID,SYSLOG_IDENTIFIER,UNIT,USER_UNIT,UNIT_RESULT,EXIT_CODE,EXIT_STATUS,INVOCATION_ID,USER_INVOCATION_ID,_SYSTEMD_INVOCATION_ID";

    private const string ProcessExit = "98e322203f7a4ed290d09fe03c09fe15";
    private const string FailureResult = "d9b373ed55a64feb8242e02dbe79a49c";
    private const string RestartScheduled = "5eb03494b6584870a536b337290809b3";
    private const long MaxMicroseconds = 253_402_300_799_000_000;

    private readonly List<JournalEntry> _newestFirst = [];
    private readonly List<DateTimeOffset> _restarts = [];

    private JournalTail()
    {
    }

    /// <summary>How many entries the worker itself wrote.</summary>
    public int Lines { get; private set; }

    /// <summary>The entries that are kept, newest first.</summary>
    public IReadOnlyList<JournalEntry> Entries => _newestFirst;

    /// <summary>Whether there is nothing in it, neither of the worker nor of systemd.</summary>
    public bool IsEmpty => Lines == 0 && Restarts.Count == 0 && LastTermination is null;

    /// <summary>How many entries could not be read: no JSON, or no message, which journalctl leaves out where it is too long.</summary>
    public int Skipped { get; private set; }

    /// <summary>Whether older entries were passed over because the newest filled the limit.</summary>
    public bool IsCut { get; private set; }

    /// <summary>When systemd scheduled restarts, newest first, as far as the entries go back.</summary>
    public IReadOnlyList<DateTimeOffset> Restarts => _restarts;

    /// <summary>How the newest run that has ended did so, by systemd's own notes; null where it noted none.</summary>
    public UnitTermination? LastTermination { get; private set; }

    /// <summary>Reads what was printed. Remarks such as "-- No entries --" are no entries. An entry whose end is missing is passed over: journalctl was ended within it.</summary>
    /// <param name="output">What was printed, newest entry first.</param>
    /// <param name="maxBytes">How much of the messages is kept.</param>
    /// <param name="keepNotes">Whether systemd's own messages are kept beside the worker's.</param>
    /// <param name="maxLines">How many of the worker's entries are read.</param>
    public static JournalTail Parse(ReadOnlySpan<byte> output, int maxBytes, bool keepNotes = false, int maxLines = int.MaxValue)
    {
        var tail = new JournalTail();
        var messages = new ArrayBufferWriter<byte>();
        var result = default(string);
        int end;
        while (tail.Lines < maxLines && (end = output.IndexOf((byte)'\n')) >= 0)
        {
            var line = output[..end].Trim(" \r\t"u8);
            output = output[(end + 1)..];
            if (line.IsEmpty || line.StartsWith("-- "u8))
            {
                continue;
            }

            messages.ResetWrittenCount();
            if (Entry.Read(line, messages) is not { } entry)
            {
                tail.Skipped++;
                continue;
            }

            if (entry.IsManagers)
            {
                tail.Note(entry, ref result);
                if (!keepNotes)
                {
                    continue;
                }
            }

            if (!entry.HasMessage)
            {
                tail.Skipped++;
            }
            else if (messages.WrittenCount > maxBytes)
            {
                tail.IsCut = true;
                break;
            }
            else
            {
                maxBytes -= messages.WrittenCount;
                tail._newestFirst.Add(new JournalEntry(entry.At, entry.Invocation, entry.IsManagers, messages.WrittenSpan.ToArray()));
                tail.Lines += entry.IsManagers ? 0 : 1;
            }
        }

        tail.IsCut |= !output.IsEmpty && tail.Lines < maxLines;
        return tail;
    }

    /// <summary>Feeds the lines to a scanner, oldest first, each behind its time.</summary>
    /// <param name="scanner">Reads them.</param>
    public void Feed(LogScanner scanner)
    {
        for (var i = _newestFirst.Count - 1; i >= 0; i--)
        {
            _newestFirst[i].Write(scanner.Append);
        }
    }

    /// <summary>Newest first: the result of a failed run stands before the end of its process.</summary>
    private void Note(Entry entry, ref string? result)
    {
        switch (entry.MessageId)
        {
            case RestartScheduled when entry.At is { } at:
                _restarts.Add(at);
                break;
            case FailureResult:
                result ??= entry.UnitResult;
                break;
            case ProcessExit:
                LastTermination ??= new UnitTermination(result == "oom-kill" ? "OOMKilled" : result, entry.ExitCode, entry.At);
                break;
        }
    }

    private sealed record Entry(DateTimeOffset? At, string? Invocation, string? MessageId, string? UnitResult, int? ExitCode, bool HasMessage, bool IsManagers)
    {
        /// <summary>Reads one line of JSON; null where it is none.</summary>
        public static Entry? Read(ReadOnlySpan<byte> line, ArrayBufferWriter<byte> message)
        {
            const int MaxDepth = 4;
            string? time = null, id = null, result = null, code = null, status = null, identifier = null, unit = null, invocation = null, skipped = null;
            var hasMessage = false;
            try
            {
                var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = MaxDepth });
                if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                {
                    return null;
                }

                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    if (reader.ValueTextEquals("MESSAGE"u8))
                    {
                        reader.Read();
                        hasMessage = ReadBytes(ref reader, message);
                        continue;
                    }

                    ref var field = ref time;
                    switch (reader.GetString())
                    {
                        case "__REALTIME_TIMESTAMP": field = ref time; break;
                        case "MESSAGE_ID": field = ref id; break;
                        case "UNIT_RESULT": field = ref result; break;
                        case "EXIT_CODE": field = ref code; break;
                        case "EXIT_STATUS": field = ref status; break;
                        case "SYSLOG_IDENTIFIER": field = ref identifier; break;
                        case "UNIT" or "USER_UNIT": field = ref unit; break;
                        case "INVOCATION_ID" or "USER_INVOCATION_ID" or "_SYSTEMD_INVOCATION_ID": field = ref invocation; break;
                        default: field = ref skipped; break;
                    }

                    reader.Read();
                    if (reader.TokenType == JsonTokenType.String)
                    {
                        field = reader.GetString();
                    }
                    else
                    {
                        reader.Skip();
                    }
                }
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                // Cut, or an escaped surrogate that stands alone: whoever wrote that is no journal.
                return null;
            }

            return new Entry(Time(time), invocation, id, result, Exit(code, status), hasMessage, unit is not null && identifier == "systemd");
        }

        /// <summary>A message is text, or an array of its bytes where it is not printable UTF-8; one of several is the first.</summary>
        private static bool ReadBytes(ref Utf8JsonReader reader, ArrayBufferWriter<byte> message)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.String:
                    var text = message.GetSpan(Math.Max(1, reader.ValueSpan.Length));
                    message.Advance(reader.CopyString(text));
                    return true;
                case JsonTokenType.StartArray:
                    return ReadArray(ref reader, message);
                default:
                    reader.Skip();
                    return false;
            }
        }

        private static bool ReadArray(ref Utf8JsonReader reader, ArrayBufferWriter<byte> message)
        {
            var hasMessage = false;
            var isBytes = false;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType == JsonTokenType.Number && (isBytes || !hasMessage) && reader.TryGetByte(out var value))
                {
                    message.GetSpan(1)[0] = value;
                    message.Advance(1);
                    hasMessage = isBytes = true;
                }
                else if (!hasMessage)
                {
                    hasMessage = ReadBytes(ref reader, message);
                }
                else
                {
                    reader.Skip();
                }
            }

            return hasMessage;
        }

        private static DateTimeOffset? Time(string? microseconds) =>
            long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var time) && time is > 0 and < MaxMicroseconds
                ? DateTimeOffset.UnixEpoch.AddTicks(time * TimeSpan.TicksPerMicrosecond)
                : null;

        private static int? Exit(string? code, string? status) =>
            !int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? null
            : code switch
            {
                "exited" => number & 0xFF,
                "killed" or "dumped" => 128 + (number & 0x7F),
                _ => null,
            };
    }
}
