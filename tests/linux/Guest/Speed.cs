using System.Diagnostics;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Linux.Uapi;

namespace IoAsid.Typed.Linux.Guest;

/// <summary>
/// The cost of the library against raw system calls. The contenders take turns, and a ratio is the median of many. Under QEMU's -icount a time is a count of
/// instructions, so that the figures do not depend on the host.
/// </summary>
internal static unsafe class Speed
{
    private const int Rounds = 41;
    private const int Inner = 50;

    public static void Run()
    {
        using Iommufd iommufd = Iommufd.Open();
        using Ioas ioas = iommufd.AllocateIoas();
        using MockDevice device = MockDevice.Create(iommufd, ioas);
        // Without a device the kernel pins no page and writes no table, so its share of the cost is only a third.
        using (Ioas unused = iommufd.AllocateIoas())
            MapAndUnmap(iommufd, unused, "map and unmap without a device", goal: null);
        MapAndUnmap(iommufd, ioas, "map and unmap for a device", 1.05);
        PageRequest(iommufd, ioas, device);
    }

    private static void MapAndUnmap(Iommufd iommufd, Ioas ioas, string name, double? goal)
    {
        using DmaMemory memory = DmaMemory.Allocate(4096);
        ulong user;
        using (HandleUse use = new(memory.Handle))
            user = (ulong)memory.Handle.Start;

        int file = iommufd.File.Descriptor;
        Compare(name, goal, Raw, Typed);

        void Raw()
        {
            IommuIoasMap map = new() { Size = 40, Flags = 7, IoasId = ioas.Number, UserVa = user, Length = 4096, Iova = 0x200_0000 };
            SystemCall.ThrowIfFailed(LinuxSystemCalls.Instance.Ioctl(file, KernelRequest.IoasMap.Number, &map), "map");
            IommuIoasUnmap unmap = new() { Size = 24, IoasId = ioas.Number, Iova = 0x200_0000, Length = 4096 };
            SystemCall.ThrowIfFailed(LinuxSystemCalls.Instance.Ioctl(file, KernelRequest.IoasUnmap.Number, &unmap), "unmap");
        }

        void Typed() => ioas.Map(memory, address: 0x200_0000).Dispose();
    }

    private static void PageRequest(Iommufd iommufd, Ioas ioas, MockDevice device)
    {
        using FaultQueue queue = iommufd.AllocateFaultQueue();
        using PagingHwpt table = device.AllocateHwpt(ioas, new HwptOptions { TakesPasids = true, FaultQueue = queue });
        using DeviceAttachment main = device.Attach(table);
        IoAsidSet<string> set = new IoAsidSpace(device.CreateSpaceOptions()).CreateSet<string>("test");
        using IommufdPasidAttachment attachment = device.Attach(set.Allocate("data"), table);
        PageRequestReader<string> reader = queue.ReadThrough(set.Reader);
        Pasid pasid = attachment.Pasid;
        int file = queue.Handle.Events!.Descriptor;
        Compare("page request, read and answered", 1.3, Raw, Typed, () => device.SendPageRequest(pasid, 1, PageFaultRights.Read, 0x7000));

        void Raw()
        {
            IommuHwptPgfault fault;
            SystemCall.ThrowIfFailed(LinuxSystemCalls.Instance.Read(file, &fault, 40), "read");
            IommuHwptPageResponse response = new() { Cookie = fault.Cookie };
            SystemCall.ThrowIfFailed(LinuxSystemCalls.Instance.Write(file, &response, 8), "write");
        }

        void Typed()
        {
            reader.TryRead(out IommufdPageRequest<string> request);
            using (request)
                request.Respond(request.IsFound ? IommufdPageResponse.Success : IommufdPageResponse.Invalid);
        }
    }

    private static void Compare(string name, double? goal, Action raw, Action typed, Action? prepare = null)
    {
        List<(double Raw, double Typed)> rounds = [];
        for (int round = 0; round < Rounds; round++)
        {
            double nothing = Measure(static () => { }, prepare);
            rounds.Add((Measure(raw, prepare) - nothing, Measure(typed, prepare) - nothing));
        }

        rounds.Sort((one, other) => (one.Typed / one.Raw).CompareTo(other.Typed / other.Raw));
        (double rawTime, double typedTime) = rounds[Rounds / 2];
        prepare?.Invoke();
        long before = GC.GetAllocatedBytesForCurrentThread();
        typed();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        string figures = $"speed: {name}: {typedTime / rawTime:0.000} of the raw calls ({typedTime:0} ns, raw {rawTime:0} ns)";
        if (goal is null)
            Console.WriteLine($"    {figures}, without a goal");
        else
            Checks.That(typedTime <= goal * rawTime, $"{figures}, goal {goal}");
        Checks.Equal(0L, allocated, $"speed: {name}: bytes allocated");
    }

    /// <summary>Returns the nanoseconds of an action. Actions without a preparation are measured together, and others one by one.</summary>
    private static double Measure(Action action, Action? prepare)
    {
        long sum = 0;
        if (prepare is null)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Inner; i++)
                action();
            sum = Stopwatch.GetTimestamp() - start;
        }
        else
        {
            for (int i = 0; i < Inner; i++)
            {
                prepare();
                long start = Stopwatch.GetTimestamp();
                action();
                sum += Stopwatch.GetTimestamp() - start;
            }
        }

        return sum * 1e9 / Stopwatch.Frequency / Inner;
    }
}
