using IoAsid.Typed.Linux.Uapi;

namespace IoAsid.Typed.Linux.Tests;

/// <summary>The memory that the library allocates, over system calls that do nothing.</summary>
public sealed class AllocationTests
{
    [Fact]
    public void Map_and_unmap_allocate_nothing()
    {
        NoSystemCalls calls = new();
        using Iommufd iommufd = Iommufd.Open(calls);
        using Ioas ioas = iommufd.AllocateIoas();
        using DmaMemory memory = DmaMemory.Allocate(calls, 4096);
        Assert.Equal(0, Measure(() => ioas.Map(memory, address: 0x4000).Dispose()));
    }

    [Fact]
    public void A_page_request_allocates_nothing()
    {
        NoSystemCalls calls = new();
        using Iommufd iommufd = Iommufd.Open(calls);
        using FaultQueue queue = iommufd.AllocateFaultQueue();
        PageRequestReader<string> reader = queue.ReadThrough(new IoAsidSpace().CreateSet<string>("test").Reader);
        Assert.Equal(
            0,
            Measure(() =>
            {
                calls.Requests = 1;
                Assert.True(reader.TryRead(out IommufdPageRequest<string> request));
                using (request)
                    request.Respond(IommufdPageResponse.Success);
            }));
    }

    private static long Measure(Action action)
    {
        action();
        action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private sealed unsafe class NoSystemCalls : ISystemCalls
    {
        private readonly nint _memory = (nint)System.Runtime.InteropServices.NativeMemory.AllocZeroed(4096);

        public int Requests { get; set; }

        public string SysfsRoot => "/sys";

        public string DeviceRoot => "/dev";

        public nint Open(string path, int flags) => 5;

        public nint Close(int file) => 0;

        public nint Ioctl(int file, uint request, void* argument)
        {
            if (request == KernelRequest.IoasAlloc.Number)
                ((IommuIoasAlloc*)argument)->OutIoasId = 1;

            return 0;
        }

        public nint Read(int file, void* buffer, nuint count)
        {
            if (Requests == 0)
                return 0;

            Requests--;
            *(IommuHwptPgfault*)buffer = new() { Flags = IommuHwptPgfault.LastPage | IommuHwptPgfault.PasidValid, Pasid = 1, Addr = 0x1000 };
            return sizeof(IommuHwptPgfault);
        }

        public nint Write(int file, void* buffer, nuint count) => (nint)count;

        public nint ReadAt(int file, void* buffer, nuint count, long offset) => 0;

        public nint WriteAt(int file, void* buffer, nuint count, long offset) => 0;

        public nint Map(nuint length, int protection, int flags, int file, long offset) => _memory;

        public nint Unmap(void* address, nuint length) => 0;

        public nint CreateEventFile(uint initial, int flags) => 6;

        public nint CreateEpoll(int flags) => 7;

        public nint ControlEpoll(int epoll, int operation, int file, uint events, ulong data) => 0;

        public nint WaitEpoll(int epoll, EpollEvent* events, int capacity, int timeout) => -(nint)Errno.BadFile;
    }
}
