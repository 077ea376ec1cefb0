using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>A machine that counts the vectors and subscriptions that are not released.</summary>
internal sealed class CountingPlatform(IPlatform machine) : IPlatform, IInterruptController
{
    public int Given { get; private set; }

    /// <summary>The number of vectors of the machine.</summary>
    public int Vectors { get; init; } = int.MaxValue;

    private int _vectors;

    public IPhysicalMemory Memory => machine.Memory;

    public IReadOnlyList<MemoryRange> Ram => machine.Ram;

    public IReadOnlyList<IIommuUnit> Units => machine.Units;

    public IInterruptController Interrupts => this;

    public IScheduler Scheduler => machine.Scheduler;

    public IDisposable Subscribe(IPlatformObserver observer) => new Counted(this, machine.Subscribe(observer), default);

    public IInterruptVector Allocate(string name, Action handler)
    {
        if (_vectors++ >= Vectors)
            throw new InvalidOperationException("No vector is free.");
        IInterruptVector vector = machine.Interrupts.Allocate(name, handler);
        return new Counted(this, vector, vector.Message);
    }

    private sealed class Counted : IInterruptVector
    {
        private readonly CountingPlatform _platform;
        private readonly IDisposable _given;

        public Counted(CountingPlatform platform, IDisposable given, InterruptMessage message)
        {
            (_platform, _given, Message) = (platform, given, message);
            platform.Given++;
        }

        public InterruptMessage Message { get; }

        public void Dispose()
        {
            _platform.Given--;
            _given.Dispose();
        }
    }
}
