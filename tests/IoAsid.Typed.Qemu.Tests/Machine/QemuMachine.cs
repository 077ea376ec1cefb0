using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>QEMU's q35 machine with a VT-d unit, behind the interfaces of an operating system's driver.</summary>
internal sealed class QemuMachine : IPlatform, IIommuUnit, IInterruptController, ITestMachine
{
    private const ulong UnitBase = 0xFED9_0000;
    private const ulong RamSize = 256UL << 20;
    private const ulong FirstRam = 1UL << 20;
    private const uint FirstBar = 0xE000_0000;
    private const uint BarStep = 0x10_0000;

    private readonly QemuProcess _process;
    private readonly List<IPciFunction> _functions = [];
    private readonly List<IPlatformObserver> _observers = [];
    private readonly Dictionary<uint, Vector> _vectors = [];
    private uint _nextVector = 0x20;

    /// <summary>Starts a machine.</summary>
    /// <param name="unit">The options of the unit, as QEMU's intel-iommu takes them.</param>
    /// <param name="probes">The number of test devices.</param>
    /// <param name="hasSlot">True for one more test device, which can be unplugged.</param>
    public QemuMachine(string unit, int probes = 2, bool hasSlot = false)
    {
        List<string> arguments = ["-device", $"intel-iommu,intremap=off,{unit}", "-device", "edu,bus=pcie.0,addr=3"];
        for (int probe = 0; probe < probes; probe++)
            arguments.AddRange(["-device", $"iommu-testdev,bus=pcie.0,addr={4 + probe}"]);
        if (hasSlot)
            arguments.AddRange(QemuSlot.Arguments);
        HostAddressWidth = unit.Contains("aw-bits=39", StringComparison.Ordinal) ? 39 : 48;
        _process = QemuProcess.Start(arguments);
        Connection = _process.Connection;
        QtestScheduler = new QtestScheduler(Connection);
        QtestScheduler.Polls.Add(PollEvents);
        Memory = new QtestMemory(Connection, RamSize);
        Registers = new QtestRegisters(Connection, UnitBase);
        Capabilities = new VtdCapabilities(Registers.Read64(RegisterOffsets.Capability), Registers.Read64(RegisterOffsets.ExtendedCapability), HostAddressWidth);
        Edu = new EduDevice(Plug(3), QtestScheduler);
        List<IProbe> all = [.. Enumerable.Range(4, probes).Select(slot => new QemuProbe(Plug(slot)))];
        if (hasSlot)
        {
            Slot = new QemuSlot(_process);
            _functions.Add(Slot.Function);
            all.Add(new QemuProbe(Slot.Function));
        }

        Probes = all;
    }

    public QtestConnection Connection { get; }

    public QtestScheduler QtestScheduler { get; }

    public EduDevice Edu { get; }

    /// <summary>The slot of the last probe, or null.</summary>
    public QemuSlot? Slot { get; }

    public IReadOnlyList<IProbe> Probes { get; }

    public IPlatform Platform => this;

    public VtdCapabilities Capabilities { get; }

    /// <summary>The width of physical addresses. In QEMU it is the option aw-bits.</summary>
    public int HostAddressWidth { get; }

    public bool NeedsFirstStageAddressWidth => !Capabilities.SecondStage;

    public IPhysicalMemory Memory { get; }

    public IReadOnlyList<MemoryRange> Ram { get; } = [new(FirstRam, RamSize - FirstRam)];

    public IReadOnlyList<IIommuUnit> Units => [this];

    public IInterruptController Interrupts => this;

    public IScheduler Scheduler => QtestScheduler;

    public string Name => "dmar0";

    public IRegisterBlock Registers { get; }

    public IReadOnlyCollection<IPciFunction> Functions => _functions;

    public IDisposable Subscribe(IPlatformObserver observer)
    {
        _observers.Add(observer);
        return new Subscription(this, observer);
    }

    public IInterruptVector Allocate(string name, Action handler)
    {
        Vector vector = new(this, new InterruptMessage(0xFEE0_0000, _nextVector++), handler);
        _vectors.Add(vector.Message.Data, vector);
        return vector;
    }

    /// <summary>Notifies the driver of the removal of a function, like a hot-plug controller.</summary>
    public void RemoveFunction(IPciFunction function)
    {
        _functions.Remove(function);
        ((QtestFunction)function).Remove();
        foreach (IPlatformObserver observer in _observers.ToArray())
            QtestScheduler.Post(() => observer.FunctionRemoved(function));
    }

    public void Run(Func<Task> work) => QtestScheduler.Run(work);

    public void Dispose() => _process.Dispose();

    private QtestFunction Plug(int slot)
    {
        QtestFunction function = new(Connection, new RequesterId(0, slot, 0), FirstBar + (uint)slot * BarStep);
        _functions.Add(function);
        return function;
    }

    // No processor receives the interrupts of the unit, so the event registers are polled.
    private void PollEvents()
    {
        FaultStatusRegister faults = new(new Bits64(Registers.Read32(RegisterOffsets.FaultStatus)));
        if (faults.Bits.Value != 0)
            Raise(RegisterOffsets.FaultEventControl, RegisterOffsets.FaultEventData);
        if (Slot is { Function.IsPresent: true, IsUnplugRequested: true })
            RemoveFunction(Slot.Function);
    }

    private void Raise(int control, int data)
    {
        bool masked = new EventControlRegister { Bits = new Bits64(Registers.Read32((uint)control)) }.InterruptMask;
        if (!masked && _vectors.TryGetValue(Registers.Read32((uint)data), out Vector? vector))
            QtestScheduler.Post(vector.Run);
    }

    private sealed class Vector(QemuMachine machine, InterruptMessage message, Action handler) : IInterruptVector
    {
        public InterruptMessage Message => message;

        public void Run()
        {
            if (machine._vectors.ContainsKey(message.Data))
                handler();
        }

        public void Dispose() => machine._vectors.Remove(message.Data);
    }

    private sealed class Subscription(QemuMachine machine, IPlatformObserver observer) : IDisposable
    {
        public void Dispose() => machine._observers.Remove(observer);
    }
}
