using IoAsid.Typed.Linux.Uapi;

namespace IoAsid.Typed.Linux.Guest;

/// <summary>
/// Failures of the kernel's memory allocations in the ioctls of a scenario. Each run injects one failure, into the next allocation (CONFIG_FAILSLAB, fail-nth).
/// No object and no open file may remain after a run.
/// </summary>
internal static class FaultInjection
{
    public static void Run()
    {
        File.WriteAllText("/sys/kernel/debug/failslab/ignore-gfp-wait", "N");
        File.WriteAllText("/sys/kernel/debug/failslab/verbose", "0");
        RunScenario("the mock device", static (iommufd, made) => Mock(iommufd, made));
        VfioPci.Bind(Machine.WithPasids);
        RunScenario("a device behind VT-d", static (iommufd, made) => Vfio(iommufd, made));
        AfterAll();
        KernelRequest[] missed = [.. KernelRequest.All.Where(request => !FailingCalls.Called.Contains(request.Number))];
        Checks.That(missed.Length == 0, $"the two scenarios make {FailingCalls.Called.Count} kinds of calls{(missed.Length == 0 ? ", all that the library knows" : $", and not {string.Join(", ", missed.Select(request => request.Name))}")}");
    }

    private static void RunScenario(string name, Action<Iommufd, List<IDisposable>> scenario)
    {
        // The first run creates files and memory that remain: the thread of events and buffers of the runtime.
        Attempt(scenario, nth: 0, out _);
        int files = Machine.OpenFiles;
        int failures = 0;
        int refused = 0;
        for (int nth = 1; nth < 2_000; nth++)
        {
            string? left = Attempt(scenario, nth, out Outcome outcome);
            if (left is not null)
            {
                Checks.That(holds: false, $"{name}: after a failure of allocation {nth}: {left}");
                return;
            }

            if (Machine.OpenFiles != files)
            {
                Checks.That(holds: false, $"{name}: after a failure of allocation {nth}: {Machine.OpenFiles - files} files are open");
                return;
            }

            if (outcome == Outcome.NotReached)
                break;

            failures++;
            refused += outcome == Outcome.Refused ? 1 : 0;
        }

        Checks.That(failures > 20 && refused > 10, $"{name}: {failures} allocations failed, one at a time: {refused} calls were refused, no object and no file is left");
    }

    /// <summary>Runs the scenario with one failure. Returns the object that remains, or null.</summary>
    private static string? Attempt(Action<Iommufd, List<IDisposable>> scenario, int nth, out Outcome outcome)
    {
        using FailingCalls calls = new();
        Iommufd iommufd = Iommufd.Open(calls);
        List<IDisposable> made = [];
        outcome = Outcome.NotReached;
        calls.Remaining = nth;
        try
        {
            scenario(iommufd, made);
            outcome = calls.HasFired ? Outcome.Survived : Outcome.NotReached;
        }
        catch (SystemCallException)
        {
            outcome = Outcome.Refused;
        }

        calls.Remaining = 0;
        made.Reverse();
        made.ForEach(target => target.Dispose());

        // Objects have consecutive numbers. A number that can be destroyed, or is in use, belongs to an object that remains.
        string? left = null;
        for (uint id = 1; id < 64; id++)
        {
            IommuDestroy argument = new() { Size = 8, Id = id };
            Errno error = SystemCall.Try(calls, iommufd.File.Descriptor, KernelRequest.Destroy, ref argument);
            left = error == Errno.NotFound ? left : $"object {id} ({error})";
        }

        iommufd.Dispose();
        return left;
    }

    private static void Mock(Iommufd iommufd, List<IDisposable> made)
    {
        iommufd.ChangeProcess();
        Ioas ioas = Made(made, iommufd.AllocateIoas());
        MockDevice device = Made(made, MockDevice.Create(iommufd, ioas));
        DmaMemory memory = Made(made, DmaMemory.Allocate(0x4000));
        IoasMapping mapping = Made(made, ioas.Map(memory, address: 0x200_0000));
        Copies(iommufd, mapping, made);
        Tracked(device, mapping, made);
        FaultQueue queue = Made(made, iommufd.AllocateFaultQueue());
        NestParentHwpt parent = Made(made, device.AllocateNestParent(ioas, takesPasids: true));
        byte[] data = new byte[24];
        Viommu viommu = Made(made, device.AllocateViommu(parent, MockDevice.ViommuType, data));
        Made(made, viommu.AllocateDevice(device, 7));
        Made(made, viommu.AllocateEventQueue(MockDevice.EventType, 2, 4));
        Made(made, viommu.AllocateHardwareQueue(MockDevice.QueueType, 0, mapping.Address, 4096));
        NestedHwpt nested = Made(made, viommu.AllocateNestedHwpt(device, MockDevice.NestedData, [0xEF, 0xBE, 0xAD, 0x0B, 0, 0, 0, 0], queue));
        PagingHwpt table = Made(made, device.AllocateHwpt(ioas, new HwptOptions { TakesPasids = true, FaultQueue = queue }));
        DeviceAttachment main = Made(made, device.Attach(table));
        IoAsidSet<string> set = new IoAsidSpace(device.CreateSpaceOptions()).CreateSet<string>("test");
        IoAsidHandle<string> id = set.Allocate("data");
        made.Add(new Reclaim(id));
        IommufdPasidAttachment attachment = Made(made, device.Attach(id, table));
        device.SendPageRequest(id.Id.ToPasid(), 1, PageFaultRights.Read, 0x7000);
        if (queue.ReadThrough(set.Reader).TryRead(out IommufdPageRequest<string> request))
        {
            using (request)
                request.Respond(IommufdPageResponse.Success);
        }

        attachment.Replace(nested);
        main.Replace(nested);
        nested.Invalidate(MockDevice.InvalidateData, 8, [1, 0, 0, 0, 0, 0, 0, 0]);
    }

    private static void Copies(Iommufd iommufd, IoasMapping mapping, List<IDisposable> made)
    {
        Ioas other = Made(made, iommufd.AllocateIoas());
        other.UsesHugePages = false;
        IovaRanges ranges = other.GetRanges();
        other.AllowRanges(ranges.Allowed[0]);
        Made(made, other.CopyFrom(mapping));
        using FileStream file = MemoryFile.Create(4096);
        Made(made, other.MapFile(file.SafeFileHandle, 0, 4096));
    }

    private static void Tracked(MockDevice device, IoasMapping mapping, List<IDisposable> made)
    {
        PagingHwpt tracked = Made(made, device.AllocateHwpt(mapping.Ioas, new HwptOptions { RequiresDirtyTracking = true }));
        tracked.SetDirtyTracking(enabled: true);
        tracked.GetDirtyPages(mapping.Address, mapping.Length, 4096, new ulong[1]);
    }

    private static void Vfio(Iommufd iommufd, List<IDisposable> made)
    {
        VfioDevice device = Made(made, VfioDevice.Open(iommufd, Machine.WithPasids));
        device.Reset();
        device.HasFeature(VfioFeature.Migration, VfioFeatureUse.Get);
        Ioas ioas = Made(made, iommufd.AllocateIoas());
        DmaMemory memory = Made(made, DmaMemory.Allocate(0x4000));
        Made(made, ioas.Map(memory, address: 0x20_0000));
        Made(made, device.MapRegisters(VfioRegionIndex.Bar0));
        Made(made, device.EnableInterrupts(VfioInterruptKind.MsiX, Math.Min(2, device.GetInterruptCount(VfioInterruptKind.MsiX))));
        PagingHwpt table = Made(made, device.AllocateHwpt(ioas, new HwptOptions { TakesPasids = true }));
        FaultQueue queue = Made(made, iommufd.AllocateFaultQueue());
        PagingHwpt paged = Made(made, device.AllocateHwpt(ioas, new HwptOptions { TakesPasids = true, FaultQueue = queue }));
        DeviceAttachment main = Made(made, device.Attach(table));
        IoAsidHandle<string> id = new IoAsidSpace(device.CreateSpaceOptions()).CreateSet<string>("test").Allocate("data");
        made.Add(new Reclaim(id));
        IommufdPasidAttachment attachment = Made(made, device.Attach(id, table));
        attachment.Replace(paged);
        main.Dispose();
    }

    private static void AfterAll()
    {
        using Iommufd iommufd = Iommufd.Open();
        using VfioDevice device = VfioDevice.Open(iommufd, Machine.WithPasids);
        using Ioas ioas = iommufd.AllocateIoas();
        using DeviceAttachment attachment = device.Attach(ioas);
        Checks.That(attachment.IsAttached, "the device is usable after all failures");
    }

    private static T Made<T>(List<IDisposable> made, T target)
        where T : IDisposable
    {
        made.Add(target);
        return target;
    }

    private enum Outcome
    {
        NotReached,
        Survived,
        Refused,
    }

    /// <summary>The check at the end of a scenario that the number is free after its attachment has ended.</summary>
    private sealed class Reclaim(IoAsidHandle<string> id) : IDisposable
    {
        public void Dispose()
        {
            if (id.Free() != IoAsidFreeResult.Reclaimed)
                throw new InvalidOperationException($"PASID {id.Id} is still bound after its attachment has ended.");
        }
    }

    /// <summary>The system calls of the running kernel, with one injected failure of an allocation.</summary>
    private sealed unsafe class FailingCalls : ISystemCalls, IDisposable
    {
        private const int MostInOneCall = 8;

        private readonly LinuxSystemCalls _kernel = LinuxSystemCalls.Instance;
        private readonly Thread _thread = Thread.CurrentThread;
        private readonly int _control;

        public FailingCalls() => _control = (int)_kernel.Open("/proc/thread-self/fail-nth", FileFlags.ReadWrite | FileFlags.CloseOnExec);

        /// <summary>The request numbers of the ioctls that were called.</summary>
        public static HashSet<uint> Called { get; } = [];

        /// <summary>The number of allocations until the failure, which is the last of them; 0 if no allocation fails.</summary>
        public int Remaining { get; set; }

        public bool HasFired { get; private set; }

        public string SysfsRoot => _kernel.SysfsRoot;

        public string DeviceRoot => _kernel.DeviceRoot;

        public nint Ioctl(int file, uint request, void* argument)
        {
            Called.Add(request);
            if (Remaining == 0 || Thread.CurrentThread != _thread)
                return _kernel.Ioctl(file, request, argument);

            // The bind of a device evaluates ACPI methods, which allocate very often. Only the first allocations of each call fail.
            bool mayFail = Remaining <= MostInOneCall;
            int armed = mayFail ? Remaining : int.MaxValue;
            Control(armed);
            nint result = _kernel.Ioctl(file, request, argument);
            int left = ReadControl();
            Control(0);
            HasFired |= left == 0;
            Remaining -= Math.Min(armed - left, MostInOneCall);
            return result;
        }

        public nint Open(string path, int flags) => _kernel.Open(path, flags);

        public nint Close(int file) => _kernel.Close(file);

        public nint Read(int file, void* buffer, nuint count) => _kernel.Read(file, buffer, count);

        public nint Write(int file, void* buffer, nuint count) => _kernel.Write(file, buffer, count);

        public nint ReadAt(int file, void* buffer, nuint count, long offset) => _kernel.ReadAt(file, buffer, count, offset);

        public nint WriteAt(int file, void* buffer, nuint count, long offset) => _kernel.WriteAt(file, buffer, count, offset);

        public nint Map(nuint length, int protection, int flags, int file, long offset) => _kernel.Map(length, protection, flags, file, offset);

        public nint Unmap(void* address, nuint length) => _kernel.Unmap(address, length);

        public nint CreateEventFile(uint initial, int flags) => _kernel.CreateEventFile(initial, flags);

        public nint CreateEpoll(int flags) => _kernel.CreateEpoll(flags);

        public nint ControlEpoll(int epoll, int operation, int file, uint events, ulong data) => _kernel.ControlEpoll(epoll, operation, file, events, data);

        public nint WaitEpoll(int epoll, EpollEvent* events, int capacity, int timeout) => _kernel.WaitEpoll(epoll, events, capacity, timeout);

        public void Dispose() => _kernel.Close(_control);

        private void Control(int nth)
        {
            byte* text = stackalloc byte[12];
            int length = System.Text.Encoding.ASCII.GetBytes($"{nth}", new Span<byte>(text, 12));
            nint written = _kernel.WriteAt(_control, text, (nuint)length, 0);
            SystemCall.ThrowIfFailed(written, "write of fail-nth");
        }

        private int ReadControl()
        {
            byte* text = stackalloc byte[12];
            nint length = _kernel.ReadAt(_control, text, 12, 0);
            SystemCall.ThrowIfFailed(length, "read of fail-nth");
            return int.Parse(new ReadOnlySpan<byte>(text, (int)length).Trim((byte)'\n'));
        }
    }
}
