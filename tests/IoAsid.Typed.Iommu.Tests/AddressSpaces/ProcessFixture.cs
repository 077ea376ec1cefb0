using IoAsid.Typed.Emulation;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>A machine without units, with one process.</summary>
internal sealed class ProcessFixture
{
    public const ulong Page = AddressRange.PageSize;
    public const ulong Large = 0x20_0000;

    /// <summary>The address at which tests map: a multiple of 1 GiB.</summary>
    public const ulong Base = 0x40_0000_0000;

    public ProcessFixture(ulong seed = 0, int levels = 4)
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

    /// <summary>The state of the process's memory as text.</summary>
    public string Everything => string.Join(
        '\n', [Tables.ToString(), .. Process.Areas.Select(area => area.ToString()), $"{Process.ResidentPages} pages, {Frames.InUse} frames"]);

    /// <summary>Makes the allocation with the given index fail, counted from 0.</summary>
    public Refusal RefuseAt(int index)
    {
        Refusal refusal = new(index);
        Frames.InjectFaults(refusal.Next);
        return refusal;
    }

    public PageFaultOutcome Fault(ulong address, MemoryRights access = MemoryRights.Read) => Synchronous.Get(Process.HandleFaultAsync(address, access));

    public sealed class Refusal(int index)
    {
        private int _allocations;

        public bool HasOccurred { get; private set; }

        public bool Next()
        {
            bool fails = _allocations++ == index;
            HasOccurred |= fails;
            return fails;
        }
    }
}
