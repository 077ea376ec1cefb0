using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation.Tests;

public sealed class InterruptControllerTests
{
    private readonly SeededScheduler _scheduler = new();
    private readonly InterruptController _controller;

    public InterruptControllerTests() => _controller = new InterruptController(_scheduler);

    [Fact]
    public void Message_runs_the_handler_in_a_step_of_the_processor()
    {
        StepLog log = new();
        _scheduler.Observe(log);
        int handled = 0;
        using IInterruptVector vector = _controller.Allocate("fault event", () => handled++);

        _controller.Deliver(vector.Message);
        Assert.Equal(0, handled);
        _scheduler.Run();

        Assert.Equal(1, handled);
        Assert.Equal([(Party.Processor, "fault event")], log.Steps.Select(step => (step.Party, step.Name)));
    }

    [Fact]
    public void Messages_are_coalesced_until_the_handler_runs()
    {
        int handled = 0;
        using IInterruptVector vector = _controller.Allocate("v", () => handled++);
        for (int time = 0; time < 3; time++)
            _controller.Deliver(vector.Message);
        _scheduler.Run();
        _controller.Deliver(vector.Message);
        _scheduler.Run();

        Assert.Equal(2, handled);
        Assert.Multiple(
            () => Assert.Equal(2, _controller.Delivered),
            () => Assert.Equal(2, _controller.Coalesced),
            () => Assert.Equal(0, _controller.Dropped));
    }

    [Fact]
    public void Messages_without_a_vector_are_dropped_and_counted()
    {
        IInterruptVector vector = _controller.Allocate("v", () => Assert.Fail("The vector is disposed."));
        _controller.Deliver(vector.Message with { Data = vector.Message.Data + 1 });
        _controller.Deliver(vector.Message);
        vector.Dispose();
        vector.Dispose();
        _controller.Deliver(vector.Message);
        _scheduler.Run();

        Assert.Equal(3, _controller.Dropped);
    }

    [Fact]
    public void Vectors_are_unique_and_in_the_interrupt_range()
    {
        HashSet<InterruptMessage> seen = [];
        for (int number = 0; number < 1000; number++)
        {
            IInterruptVector vector = _controller.Allocate("v", () => { });
            Assert.InRange(vector.Message.Address, 0xFEE0_0000UL, 0xFEEF_FFFFUL);
            Assert.True(seen.Add(vector.Message));
            if (number % 2 == 0)
                vector.Dispose();
        }
    }
}
