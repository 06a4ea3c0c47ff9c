using Cliply.Diagnostics.Notifications;

namespace Cliply.Diagnostics.Tests.Notifications;

public sealed class NotificationQueueTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Add_Full_DropsTheOldestOfTheSameDiagnosisThenTheOldest()
    {
        using var queue = new NotificationQueue();
        var messages = Enumerable.Range(0, NotificationQueue.Capacity).Select(i => Messages.Create(code: $"code-{i}")).ToList();
        messages.Select(queue.Add).Should().OnlyContain(dropped => dropped == null);

        queue.Add(Messages.Create(code: "code-7")).Should().BeSameAs(messages[7]);
        queue.Add(Messages.Create(code: "another")).Should().BeSameAs(messages[0]);

        queue.Count.Should().Be(NotificationQueue.Capacity);
        (await queue.TakeAsync(Cancellation)).Should().BeSameAs(messages[1]);
    }

    [Fact]
    public async Task TakeAsync_Complete_GivesWhatWaitsAndThenEnds()
    {
        using var queue = new NotificationQueue();
        var message = Messages.Create();
        queue.Add(message);
        queue.Complete();

        queue.Add(Messages.Create()).Should().NotBeNull();
        (await queue.TakeAsync(Cancellation)).Should().BeSameAs(message);
        (await queue.TakeAsync(Cancellation)).Should().BeNull();
    }
}
