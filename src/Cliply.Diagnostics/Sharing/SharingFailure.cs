using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Sharing;

/// <summary>Why nothing could be shared.</summary>
/// <param name="Code">As in a <see cref="SectionFailure"/>.</param>
/// <param name="Message">For people; safe to publish.</param>
/// <param name="Pause">How long there is no use in trying again; zero where it may be over soon.</param>
internal sealed record SharingFailure(string Code, string Message, TimeSpan Pause = default)
{
    public static SharingFailure NoAnswer { get; } = new(SectionFailure.Timeout, "no answer in time");

    public static SharingFailure SlowHost { get; } = new(SectionFailure.Timeout, "the host that collects for all has not finished in time");

    public static SharingFailure Unreadable { get; } = new(SectionFailure.Unexpected, "what is shared can't be read: it was changed, or is not of this version. The next collection replaces it");

    public static SharingFailure WrongAge { get; } = new(SectionFailure.Unexpected, "what is shared is too old or from the future; set the clocks of the hosts alike");

    public static SharingFailure TooLarge { get; } = new(SectionFailure.NotSupported, $"what was collected is larger than the {SharedDocument.MaxBytes} bytes that are shared");
}
