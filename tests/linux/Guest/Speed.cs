using System.Diagnostics;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Linux.Uapi;

namespace IoAsid.Typed.Linux.Guest;

/// <summary>
/// The cost of the library over the raw calls. Contenders alternate. A ratio is the median of many. Under QEMU's -icount a time is a count of
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
        MapAndUnmap(iommufd);
        IommufdPageRequest(iommufd, ioas, device);
    }

    private static void MapAndUnmap(Iommufd iommufd)
    {
        using Ioas ioas = iommufd.AllocateIoas();
        using DmaMemory memory = DmaMemory.Allocate(4096);
        ulong user;
        using (HandleUse use = new(memory.Handle))
            user = (ulong)memory.Handle.Start;

        int file = iommufd.File.Descriptor;
        Compare("map and unmap", 1.05, Raw, Typed);

        void Raw()
        {
            IommuIoasMap map = new() { Size = 40, Flags = 7, IoasId = ioas.Number, UserVa = user, Length = 4096, Iova = 0x200_0000 };
            SystemCall.ThrowIfFailed(LinuxSystemCalls.Instance.Ioctl(file, KernelRequest.IoasMap.Number, &map), "map");
            IommuIoasUnmap unmap = new() { Size = 24, IoasId = ioas.Number, Iova = 0x200_0000, Length = 4096 };
            SystemCall.ThrowIfFailed(LinuxSystemCalls.Instance.Ioctl(file, KernelRequest.IoasUnmap.Number, &unmap), "unmap");
        }

        void Typed() => ioas.Map(memory, address: 0x200_0000).Dispose();
    }

    private static void IommufdPageRequest(Iommufd iommufd, Ioas ioas, MockDevice device)
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
                request.Answer(request.IsFound ? IommufdPageResponse.Success : IommufdPageResponse.Invalid);
        }
    }

    private static void Compare(string name, double goal, Action raw, Action typed, Action? prepare = null)
    {
        List<double> ratios = [];
        for (int round = 0; round < Rounds; round++)
        {
            long first = Measure(raw, prepare);
            long second = Measure(typed, prepare);
            ratios.Add((double)second / first);
        }

        ratios.Sort();
        long before = GC.GetAllocatedBytesForCurrentThread();
        prepare?.Invoke();
        long between = GC.GetAllocatedBytesForCurrentThread();
        typed();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - between;
        Checks.That(ratios[Rounds / 2] <= goal, $"speed: {name}: {ratios[Rounds / 2]:0.000} of the raw calls (from {ratios[Rounds / 10]:0.000} to {ratios[^(Rounds / 10 + 1)]:0.000}), goal {goal}");
        Checks.Equal(0L, allocated, $"speed: {name}: bytes allocated");
        GC.KeepAlive(before);
    }

    private static long Measure(Action action, Action? prepare)
    {
        long sum = 0;
        for (int i = 0; i < Inner; i++)
        {
            prepare?.Invoke();
            long start = Stopwatch.GetTimestamp();
            action();
            sum += Stopwatch.GetTimestamp() - start;
        }

        return sum;
    }
}
