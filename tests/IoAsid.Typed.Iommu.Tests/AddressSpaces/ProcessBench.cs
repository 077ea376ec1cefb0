using IoAsid.Typed.Emulation;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>A machine without units, and a process on it.</summary>
internal sealed class ProcessBench
{
    public const ulong Page = AddressRange.PageSize;
    public const ulong Large = 0x20_0000;

    /// <summary>Where tests map by choice: a multiple of 1 GiB.</summary>
    public const ulong Base = 0x40_0000_0000;

    public ProcessBench(ulong seed = 0, int levels = 4)
    {
        Machine = new EmulatedMachine(new MachineOptions { Scheduler = new SchedulerOptions { Seed = seed } });
        Frames = new FrameAllocator(Machine.Memory, Machine.Ram);
        Process = new ProcessAddressSpace(Machine.Memory, Frames, "process", levels);
    }

    public EmulatedMachine Machine { get; }

    public FrameAllocator Frames { get; }

    public ProcessAddressSpace Process { get; }

    public RawTables Tables => RawTables.Of(Machine.PhysicalMemory, Process);

    public RawTables.Leaf LeafOf(ulong address) => RawTables.LeafOf(Machine.PhysicalMemory, Process, address);

    /// <summary>Everything that can be seen of the process's memory, as text.</summary>
    public string Everything => string.Join(
        '\n', [Tables.ToString(), .. Process.Areas.Select(area => area.ToString()), $"{Process.ResidentPages} pages, {Frames.InUse} frames"]);

    /// <summary>Makes the n-th allocation from now on fail, counted from 0.</summary>
    public Refusal RefuseAt(int index)
    {
        Refusal refusal = new(index);
        Frames.InjectFaults(refusal.Ask);
        return refusal;
    }

    public PageFaultOutcome Fault(ulong address, MemoryRights access = MemoryRights.Read) => AtOnce.Get(Process.HandleFaultAsync(address, access));

    public sealed class Refusal(int index)
    {
        private int _asked;

        public bool Happened { get; private set; }

        public bool Ask()
        {
            bool now = _asked++ == index;
            Happened |= now;
            return now;
        }
    }
}
