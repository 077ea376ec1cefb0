using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Linux.Uapi;

namespace IoAsid.Typed.Linux.Tests.Fakes;

/// <summary>
/// A fake of the kernel for this library. Its objects count their users, cookies of page requests are reused at once, and a detach responds to page
/// requests. Tests can inject errors. The fake records all calls, and the wrong calls as violations.
/// </summary>
internal sealed unsafe class FakeKernel : ISystemCalls, IDisposable
{
    private readonly object _gate = new();
    private readonly Dictionary<int, object> _files = [];
    private readonly Dictionary<nint, (nuint Length, int File)> _memory = [];
    private readonly Dictionary<string, Queue<Errno>> _failures = [];
    private readonly Dictionary<int, (int File, ulong Key)> _watched = [];
    private readonly string _root = Directory.CreateTempSubdirectory("ioasid-linux-").FullName;
    private int _lastFile = 99;
    private bool _disposed;

    public string SysfsRoot => Path.Join(_root, "sys");

    public string DeviceRoot => "/dev";

    /// <summary>The calls in their order, such as "IOMMU_DESTROY HWPT 3".</summary>
    public List<string> Log { get; } = [];

    /// <summary>The calls that a real kernel refuses, and the mistakes of this library that a real kernel does not notice.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>The functions by the name of their device file.</summary>
    public Dictionary<string, FakeDevice> Devices { get; } = [];

    /// <summary>The number of calls that can fail. Tests inject an error at each of them.</summary>
    public int Calls { get; private set; }

    /// <summary>The one-based number of the call that fails with <see cref="Errno.NoMemory"/>; 0 if no call fails.</summary>
    public int FailingCall { get; set; }

    /// <summary>The name of the call that failed because of <see cref="FailingCall"/>, or null.</summary>
    public string? FailedCall { get; private set; }

    public int OpenFiles
    {
        get
        {
            lock (_gate)
                return _files.Values.Count(file => file is not FakeEpoll);
        }
    }

    public int MappedMemory
    {
        get
        {
            lock (_gate)
                return _memory.Count;
        }
    }

    public IReadOnlyList<FakeObject> Objects
    {
        get
        {
            lock (_gate)
                return [.. _files.Values.OfType<FakeContext>().SelectMany(context => context.Objects.Values)];
        }
    }

    /// <summary>Adds a function and its entries in sysfs.</summary>
    public FakeDevice AddDevice(string address, int pasidBits = 20)
    {
        string name = $"vfio{Devices.Count}";
        Directory.CreateDirectory(Path.Join(SysfsRoot, "bus/pci/devices", address, "vfio-dev", name));
        Directory.CreateDirectory(Path.Join(SysfsRoot, "bus/pci/drivers/vfio-pci"));
        FakeDevice device = new(name, pasidBits);
        Devices.Add(name, device);
        return device;
    }

    /// <summary>Injects an error into the next call of a name, or into a later one.</summary>
    public void FailNext(string call, Errno error, int after = 0)
    {
        lock (_gate)
        {
            if (!_failures.TryGetValue(call, out Queue<Errno>? errors))
                _failures.Add(call, errors = []);

            for (int i = 0; i < after; i++)
                errors.Enqueue(Errno.None);

            errors.Enqueue(error);
        }
    }

    /// <summary>Sends a page request of a device.</summary>
    public FakePageRequest Request(FakeDevice device, Pasid pasid, uint group, params ulong[] pages)
    {
        FakePageRequest request = new(device, pasid, group, pages);
        lock (_gate)
        {
            if (device.Attached.TryGetValue(pasid, out FakeObject? table) && table.FaultQueue is { } queue)
            {
                queue.Delivered.Enqueue(request);
                Monitor.PulseAll(_gate);
            }
            else
            {
                request.Answer = IommufdPageResponse.Invalid;
            }
        }

        return request;
    }

    /// <summary>Appends bytes to the virtual event queue.</summary>
    public void RaiseEvent(ReadOnlySpan<byte> message)
    {
        lock (_gate)
        {
            FakeObject queue = Objects.Single(candidate => candidate.Kind == "VEVENTQ");
            foreach (byte value in message)
                queue.Events.Enqueue(value);

            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Raises an interrupt vector of a device.</summary>
    public void RaiseInterrupt(FakeDevice device, int vector)
    {
        lock (_gate)
        {
            ((FakeEventFile)_files[device.Interrupts[vector]]).Count++;
            Monitor.PulseAll(_gate);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            Monitor.PulseAll(_gate);
        }

        Directory.Delete(_root, recursive: true);
    }

    public nint Open(string path, int flags) => Call($"open {path}", "open", () => path switch
    {
        "/dev/iommu" => Add(new FakeContext()),
        _ when Devices.TryGetValue(Path.GetFileName(path), out FakeDevice? device) => Add(new FakeDeviceFile(device)),
        _ => -(nint)Errno.NotFound,
    });

    public nint Close(int file)
    {
        lock (_gate)
        {
            Log.Add($"close {Name(file)}");
            if (!_files.Remove(file, out object? closed))
            {
                Violations.Add($"close of {file}, which is not open");
                return -(nint)Errno.BadFile;
            }

            switch (closed)
            {
                case FakeContext { Objects.Count: > 0 } context:
                    Violations.Add($"close of an iommufd with {string.Join(", ", context.Objects.Values)}");
                    break;
                case FakeDeviceFile { Device.Bound: { } bound } deviceFile:
                    foreach (Pasid pasid in deviceFile.Device.Attached.Keys.Reverse().ToArray())
                        Detach(deviceFile.Device, pasid);

                    if (bound.Users > 0)
                        Violations.Add($"close of a device with {bound.Users} users");

                    bound.Context.Objects.Remove(bound.Id);
                    deviceFile.Device.Bound = null;
                    break;
                case FakeQueueFile queueFile:
                    queueFile.Queue.Users--;
                    break;
            }

            _watched.Remove(file);
            return 0;
        }
    }

    public nint Ioctl(int file, uint request, void* argument)
    {
        string name = KernelRequest.All.Single(candidate => candidate.Number == request).Name;
        nint address = (nint)argument;
        return Call(name, name, () => _files.TryGetValue(file, out object? target)
            ? target switch
            {
                FakeContext context => Ioctl(context, name, (void*)address),
                FakeDeviceFile device => Ioctl(device.Device, name, (void*)address),
                _ => -(nint)Errno.NoSuchCall,
            }
            : -(nint)Errno.BadFile);
    }

    public nint Read(int file, void* buffer, nuint count)
    {
        nint address = (nint)buffer;
        return Call($"read {Name(file)}", "read", () =>
        {
            Span<byte> destination = new((void*)address, (int)count);
            return _files.GetValueOrDefault(file) switch
            {
                FakeQueueFile { Queue.Kind: "VEVENTQ" } queue => ReadEvents(queue.Queue, destination),
                FakeQueueFile queue => ReadRequests(queue.Queue, MemoryMarshal.Cast<byte, IommuHwptPgfault>(destination)),
                FakeEventFile { Count: 0 } => -(nint)Errno.TryAgain,
                FakeEventFile events => ReadCount(events, destination),
                _ => -(nint)Errno.BadFile,
            };
        });
    }

    public nint Write(int file, void* buffer, nuint count)
    {
        IommuHwptPageResponse response = *(IommuHwptPageResponse*)buffer;
        return Call($"answer {response.Cookie} {(IommufdPageResponse)response.Code}", "write", () =>
        {
            if (_files.GetValueOrDefault(file) is not FakeQueueFile queue)
                return -(nint)Errno.BadFile;

            if (!queue.Queue.Read.Remove(response.Cookie, out FakePageRequest? request))
            {
                Violations.Add($"a response to cookie {response.Cookie}, which no group has");
                return -(nint)Errno.InvalidArgument;
            }

            request.Answer = (IommufdPageResponse)response.Code;
            return (nint)count;
        });
    }

    public nint ReadAt(int file, void* buffer, nuint count, long offset)
    {
        nint address = (nint)buffer;
        return Call("pread", "pread", () =>
        {
            ((FakeDeviceFile)_files[file]).Device.Configuration.AsSpan((int)offset - ConfigurationOffset, (int)count).CopyTo(new Span<byte>((void*)address, (int)count));
            return (nint)count;
        });
    }

    public nint WriteAt(int file, void* buffer, nuint count, long offset)
    {
        nint address = (nint)buffer;
        return Call("pwrite", "pwrite", () =>
        {
            new ReadOnlySpan<byte>((void*)address, (int)count).CopyTo(((FakeDeviceFile)_files[file]).Device.Configuration.AsSpan((int)offset - ConfigurationOffset));
            return (nint)count;
        });
    }

    public nint Map(nuint length, int protection, int flags, int file, long offset) => Call("mmap", "mmap", () =>
    {
        nint result = (nint)NativeMemory.AlignedAlloc(length, 4096);
        NativeMemory.Clear((void*)result, length);
        _memory.Add(result, (length, file));
        return result;
    });

    public nint Unmap(void* address, nuint length)
    {
        lock (_gate)
        {
            if (!_memory.Remove((nint)address, out (nuint Length, int File) memory) || memory.Length != length)
            {
                Violations.Add("munmap of a range that was not mapped with this length");
                return -(nint)Errno.InvalidArgument;
            }

            if (memory.File >= 0 && !_files.ContainsKey(memory.File))
                Violations.Add("a file was closed before its memory was unmapped");

            NativeMemory.AlignedFree(address);
            return 0;
        }
    }

    public nint CreateEventFile(uint initial, int flags) => Call("eventfd", "eventfd", () => Add(new FakeEventFile()));

    public nint CreateEpoll(int flags) => Call("epoll_create1", "epoll_create1", () => Add(new FakeEpoll()));

    public nint ControlEpoll(int epoll, int operation, int file, uint events, ulong data) => Call("epoll_ctl", "epoll_ctl", () =>
    {
        if (!_files.ContainsKey(file) || operation != FileFlags.EpollAdd && !_watched.ContainsKey(file))
            return -(nint)Errno.NotFound;

        if (operation == FileFlags.EpollAdd && _watched.ContainsKey(file))
            return -(nint)Errno.Exists;

        if (operation == FileFlags.EpollDelete)
        {
            _watched.Remove(file);
            return 0;
        }

        _watched[file] = (file, data);
        Monitor.PulseAll(_gate);
        return 0;
    });

    public nint WaitEpoll(int epoll, EpollEvent* events, int capacity, int timeout)
    {
        lock (_gate)
        {
            while (!_disposed)
            {
                foreach ((int file, (int _, ulong key)) in _watched)
                {
                    if (key != 0 && IsReadable(file))
                    {
                        _watched[file] = (file, 0);
                        *events = new EpollEvent { Events = FileFlags.EpollIn, Data = key };
                        return 1;
                    }
                }

                Monitor.Wait(_gate);
            }

            return -(nint)Errno.BadFile;
        }
    }

    private const int ConfigurationOffset = 0x1000;

    private bool IsReadable(int file) => _files.GetValueOrDefault(file) switch
    {
        FakeQueueFile queue => queue.Queue.Delivered.Count > 0 || queue.Queue.Events.Count > 0,
        FakeEventFile events => events.Count > 0,
        _ => false,
    };

    private nint Call(string entry, string call, Func<nint> run)
    {
        lock (_gate)
        {
            Log.Add(entry);
            Calls++;
            if (Calls == FailingCall)
            {
                FailedCall = call;
                return -(nint)Errno.NoMemory;
            }

            return _failures.TryGetValue(call, out Queue<Errno>? errors) && errors.TryDequeue(out Errno error) && error != Errno.None ? -(nint)error : run();
        }
    }

    private nint Add(object file)
    {
        _files.Add(++_lastFile, file);
        return _lastFile;
    }

    private string Name(int file) => _files.GetValueOrDefault(file) switch
    {
        FakeContext => "iommufd",
        FakeDeviceFile device => device.Device.Name,
        FakeQueueFile queue => $"file of {queue.Queue}",
        FakeEventFile => "eventfd",
        _ => $"{file}",
    };

    private nint Ioctl(FakeContext context, string name, void* argument)
    {
        switch (name)
        {
            case "IOMMU_DESTROY":
                return Destroy(context, ((IommuDestroy*)argument)->Id);
            case "IOMMU_IOAS_ALLOC":
                ((IommuIoasAlloc*)argument)->OutIoasId = context.Add("IOAS", 0, null).Id;
                return 0;
            case "IOMMU_IOAS_MAP":
                IommuIoasMap* map = (IommuIoasMap*)argument;
                return Map(Find(context, map->IoasId, "IOAS"), map->Flags, map->Length, ref map->Iova);
            case "IOMMU_IOAS_MAP_FILE":
                IommuIoasMapFile* mapFile = (IommuIoasMapFile*)argument;
                return Map(Find(context, mapFile->IoasId, "IOAS"), mapFile->Flags, mapFile->Length, ref mapFile->Iova);
            case "IOMMU_IOAS_COPY":
                IommuIoasCopy* copy = (IommuIoasCopy*)argument;
                return Find(context, copy->SrcIoasId, "IOAS")!.Mappings.ContainsKey(copy->SrcIova)
                    ? Map(Find(context, copy->DstIoasId, "IOAS"), copy->Flags, copy->Length, ref copy->DstIova)
                    : -(nint)Errno.NotFound;
            case "IOMMU_IOAS_UNMAP":
                return Unmap(Find(context, ((IommuIoasUnmap*)argument)->IoasId, "IOAS")!, (IommuIoasUnmap*)argument);
            case "IOMMU_IOAS_IOVA_RANGES":
                return Ranges((IommuIoasIovaRanges*)argument);
            case "IOMMU_OPTION":
                IommuOption* option = (IommuOption*)argument;
                option->Val64 = option->Op == IommuOption.Get ? 1 : option->Val64;
                return 0;
            case "IOMMU_GET_HW_INFO":
                IommuHwInfo* info = (IommuHwInfo*)argument;
                info->OutDataType = 1;
                info->DataLen = 24;
                *(ulong*)(info->DataUptr + 8) = 0xCA;
                *(ulong*)(info->DataUptr + 16) = 0xECA;
                info->OutMaxPasidLog2 = (byte)Devices.Values.Single(device => device.Bound?.Id == info->DevId && device.Bound.Context == context).PasidBits;
                return 0;
            case "IOMMU_FAULT_QUEUE_ALLOC":
                IommuFaultAlloc* fault = (IommuFaultAlloc*)argument;
                FakeObject queue = context.Add("FAULT", 0, null);
                queue.Users++;
                (fault->OutFaultId, fault->OutFaultFd) = (queue.Id, (uint)Add(new FakeQueueFile(queue)));
                return 0;
            case "IOMMU_HWPT_ALLOC":
                IommuHwptAlloc* hwpt = (IommuHwptAlloc*)argument;
                FakeObject parent = context.Objects[hwpt->PtId];
                FakeObject? faults = (hwpt->Flags & IommuHwptAlloc.FaultIdValid) != 0 ? Find(context, hwpt->FaultId, "FAULT") : null;
                if (!context.Objects.TryGetValue(hwpt->DevId, out FakeObject? forDevice) || forDevice.Kind != "DEVICE" || (parent.Kind == "IOAS") != (hwpt->DataLen == 0))
                    return -(nint)Errno.InvalidArgument;

                hwpt->OutHwptId = context.Add("HWPT", hwpt->Flags, faults, parent).Id;
                return 0;
            case "IOMMU_HWPT_INVALIDATE":
            case "IOMMU_HWPT_SET_DIRTY_TRACKING":
            case "IOMMU_HWPT_GET_DIRTY_BITMAP":
            case "IOMMU_IOAS_ALLOW_IOVAS":
            case "IOMMU_IOAS_CHANGE_PROCESS":
                return 0;
            case "IOMMU_VIOMMU_ALLOC":
                IommuViommuAlloc* viommu = (IommuViommuAlloc*)argument;
                viommu->OutViommuId = context.Add("VIOMMU", 0, null, Find(context, viommu->HwptId, "HWPT")).Id;
                return 0;
            case "IOMMU_VDEVICE_ALLOC":
                IommuVdeviceAlloc* vdevice = (IommuVdeviceAlloc*)argument;
                vdevice->OutVdeviceId = context.Add("VDEVICE", 0, null, Find(context, vdevice->ViommuId, "VIOMMU"), Find(context, vdevice->DevId, "DEVICE")).Id;
                return 0;
            case "IOMMU_VEVENTQ_ALLOC":
                IommuVeventqAlloc* events = (IommuVeventqAlloc*)argument;
                FakeObject eventQueue = context.Add("VEVENTQ", 0, null, Find(context, events->ViommuId, "VIOMMU"));
                eventQueue.Users++;
                (events->OutVeventqId, events->OutVeventqFd) = (eventQueue.Id, (uint)Add(new FakeQueueFile(eventQueue)));
                return 0;
            case "IOMMU_HW_QUEUE_ALLOC":
                IommuHwQueueAlloc* hardware = (IommuHwQueueAlloc*)argument;
                hardware->OutHwQueueId = context.Add("HW_QUEUE", 0, null, Find(context, hardware->ViommuId, "VIOMMU")).Id;
                return 0;
            default:
                return -(nint)Errno.NoSuchCall;
        }
    }

    private nint Ioctl(FakeDevice device, string name, void* argument)
    {
        switch (name)
        {
            case "VFIO_DEVICE_BIND_IOMMUFD":
                VfioDeviceBindIommufd* bind = (VfioDeviceBindIommufd*)argument;
                if (device.Bound is not null)
                {
                    return -(nint)Errno.InvalidArgument; // Like Linux 7.3.
                }

                device.Bound = ((FakeContext)_files[bind->Iommufd]).Add("DEVICE", 0, null);
                bind->OutDevid = device.Bound.Id;
                return 0;
            case "VFIO_DEVICE_GET_INFO":
                VfioDeviceInfo* info = (VfioDeviceInfo*)argument;
                (info->Flags, info->NumRegions, info->NumIrqs) = (VfioDeviceInfo.CanReset | VfioDeviceInfo.Pci, 9, 5);
                return 0;
            case "VFIO_DEVICE_GET_REGION_INFO":
                return RegionInfo((VfioRegionInfo*)argument);
            case "VFIO_DEVICE_GET_IRQ_INFO":
                ((VfioIrqInfo*)argument)->Count = 4;
                return 0;
            case "VFIO_DEVICE_SET_IRQS":
                VfioIrqSet* set = (VfioIrqSet*)argument;
                if ((set->Flags & VfioIrqSet.ActionTrigger) != 0)
                {
                    device.Interrupts = new ReadOnlySpan<int>(set + 1, (int)set->Count).ToArray();
                    Log.Add($"interrupts {set->Index}: {set->Count}");
                }

                return 0;
            case "VFIO_DEVICE_RESET":
                device.Resets++;
                return 0;
            case "VFIO_DEVICE_FEATURE":
                VfioDeviceFeature* feature = (VfioDeviceFeature*)argument;
                return (feature->Flags & 0xFFFF) == (uint)VfioFeature.BusMaster ? 0 : -(nint)Errno.NoSuchCall;
            case "VFIO_DEVICE_ATTACH_IOMMUFD_PT":
                VfioDeviceAttachIommufdPt* attach = (VfioDeviceAttachIommufdPt*)argument;
                return Attach(device, attach->PtId, attach->Flags == 0 ? null : new Pasid(attach->Pasid));
            case "VFIO_DEVICE_DETACH_IOMMUFD_PT":
                VfioDeviceDetachIommufdPt* detach = (VfioDeviceDetachIommufdPt*)argument;
                Detach(device, detach->Flags == 0 ? default : new Pasid(detach->Pasid));
                return 0;
            default:
                return -(nint)Errno.NoSuchCall;
        }
    }

    private static FakeObject? Find(FakeContext context, uint id, string kind) => context.Objects.TryGetValue(id, out FakeObject? found) && found.Kind == kind ? found : null;

    private nint Destroy(FakeContext context, uint id)
    {
        if (!context.Objects.TryGetValue(id, out FakeObject? target))
        {
            Violations.Add($"destroy of {id}, which does not exist");
            return -(nint)Errno.NotFound;
        }

        Log[^1] = $"IOMMU_DESTROY {target}";
        if (target.Users > 0)
        {
            Violations.Add($"destroy of {target}, which {target.Users} use");
            return -(nint)Errno.Busy;
        }

        target.DropUses();
        context.Objects.Remove(id);
        return 0;
    }

    private static nint Map(FakeObject? ioas, uint flags, ulong length, ref ulong address)
    {
        if (ioas is null)
            return -(nint)Errno.NotFound;

        ulong start = (flags & IommuIoasMap.FixedIova) != 0 ? address : ioas.Mappings.Count == 0 ? 0x10_0000 : ioas.Mappings.Last().Key + ioas.Mappings.Last().Value.Length;
        if (start % 4096 != 0 || length % 4096 != 0)
            return -(nint)Errno.InvalidArgument;

        if (ioas.Mappings.Any(mapping => mapping.Key < start + length && start < mapping.Key + mapping.Value.Length))
            return -(nint)Errno.Exists;

        ioas.Mappings.Add(start, (length, flags));
        address = start;
        return 0;
    }

    private static nint Unmap(FakeObject ioas, IommuIoasUnmap* argument)
    {
        if (argument->Length == ulong.MaxValue)
        {
            argument->Length = ioas.Mappings.Values.Aggregate(0UL, (sum, mapping) => sum + mapping.Length);
            ioas.Mappings.Clear();
            return 0;
        }

        return ioas.Mappings.TryGetValue(argument->Iova, out (ulong Length, uint Flags) mapping) && mapping.Length == argument->Length && ioas.Mappings.Remove(argument->Iova)
            ? 0
            : -(nint)Errno.NotFound;
    }

    private static nint Ranges(IommuIoasIovaRanges* argument)
    {
        const uint Count = 20; // More ranges than the library's first buffer holds.
        argument->OutIovaAlignment = 4096;
        bool fits = argument->NumIovas >= Count;
        for (uint i = 0; fits && i < Count; i++)
            ((IommuIovaRange*)argument->AllowedIovas)[i] = new() { Start = i * 0x10_0000, Last = i * 0x10_0000 + 0xFFFF };

        argument->NumIovas = Count;
        return fits ? 0 : -(nint)Errno.MessageSize;
    }

    private static nint RegionInfo(VfioRegionInfo* info)
    {
        info->Offset = ConfigurationOffset;
        (info->Flags, info->Size) = info->Index switch
        {
            0 => (VfioRegionInfo.Read | VfioRegionInfo.Write | VfioRegionInfo.Mmap, 0x2000UL),
            1 => (VfioRegionInfo.Read | VfioRegionInfo.Write | VfioRegionInfo.Mmap | VfioRegionInfo.Caps, 0x4000UL),
            7 => (VfioRegionInfo.Read | VfioRegionInfo.Write, 4096UL),
            _ => (0u, 0UL),
        };
        if (info->Index == 1)
        {
            const uint Length = 32 + 16 + 2 * 16;
            if (info->Argsz >= Length)
            {
                info->CapOffset = 32;
                byte* capability = (byte*)info + 32;
                *(VfioInfoCapHeader*)capability = new() { Id = 1, Version = 1 };
                *(uint*)(capability + 8) = 2;
                ((VfioRegionSparseMmapArea*)(capability + 16))[0] = new() { Offset = 0, Size = 0x1000 };
                ((VfioRegionSparseMmapArea*)(capability + 16))[1] = new() { Offset = 0x3000, Size = 0x1000 };
            }

            info->Argsz = Length;
        }

        return 0;
    }

    private nint Attach(FakeDevice device, uint table, Pasid? pasid)
    {
        if (pasid is not null && device.PasidBits == 0)
        {
            return 0; // Like Linux 7.3, which reports success and does nothing.
        }

        if (pasid == default(Pasid))
            Violations.Add("PASID 0 attached, which is the device itself");

        Pasid number = pasid ?? default;
        FakeObject target = device.Bound!.Context.Objects[table];
        bool takesPasids = (target.Flags & IommuHwptAlloc.Pasid) != 0;
        if (pasid is not null ? !takesPasids || device.Attached.TryGetValue(default, out FakeObject? main) && (main.Flags & IommuHwptAlloc.Pasid) == 0 : !takesPasids && device.Attached.Keys.Any(key => key != default))
            return -(nint)Errno.InvalidArgument;

        if (target.FaultQueue is not null && device.PasidBits == 0)
        {
            device.IsBlocked = true; // The function has no PRI. The kernel considers the old table attached.
            return -(nint)Errno.NoDevice;
        }

        if (device.Attached.TryGetValue(number, out FakeObject? old))
        {
            if (old == target)
                return 0;

            Detach(device, number);
        }

        device.IsBlocked = false;
        device.Attached.Add(number, target);
        target.Users++;
        return 0;
    }

    private void Detach(FakeDevice device, Pasid pasid)
    {
        if (!device.Attached.Remove(pasid, out FakeObject? table))
            return;

        table.Users--;
        if (table.FaultQueue is { } queue)
        {
            FakePageRequest[] answered = [.. queue.Delivered.Concat(queue.Read.Values).Where(request => request.Device == device && request.Pasid == pasid)];
            foreach (FakePageRequest request in answered)
                request.Answer = IommufdPageResponse.Invalid;

            FakePageRequest[] left = [.. queue.Delivered.Except(answered)];
            queue.Delivered.Clear();
            Array.ForEach(left, queue.Delivered.Enqueue);
            foreach (uint cookie in queue.Read.Where(read => answered.Contains(read.Value)).Select(read => read.Key).ToArray())
                queue.Read.Remove(cookie);
        }
    }

    private static nint ReadRequests(FakeObject queue, Span<IommuHwptPgfault> destination)
    {
        int done = 0;
        while (queue.Delivered.TryPeek(out FakePageRequest? request))
        {
            if (request.Pages.Count > destination.Length - done)
            {
                if (done == 0)
                    return -(nint)Errno.InvalidArgument;

                break;
            }

            queue.Delivered.Dequeue();
            uint cookie = 0;
            while (queue.Read.ContainsKey(cookie))
                cookie++;

            queue.Read.Add(cookie, request);
            for (int i = 0; i < request.Pages.Count; i++)
            {
                destination[done++] = new()
                {
                    Flags = (request.Pasid != default ? IommuHwptPgfault.PasidValid : 0) | (i == request.Pages.Count - 1 ? IommuHwptPgfault.LastPage : 0),
                    DevId = request.Device.Bound!.Id, Pasid = request.Pasid.Value, Grpid = request.Group, Perm = 3, Addr = request.Pages[i], Cookie = cookie,
                };
            }
        }

        return done * sizeof(IommuHwptPgfault);
    }

    private static nint ReadEvents(FakeObject queue, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length && queue.Events.TryDequeue(out byte value))
            destination[done++] = value;

        return done;
    }

    private static nint ReadCount(FakeEventFile events, Span<byte> destination)
    {
        MemoryMarshal.Write(destination, events.Count);
        events.Count = 0;
        return sizeof(ulong);
    }

    private sealed record FakeDeviceFile(FakeDevice Device);

    private sealed record FakeQueueFile(FakeObject Queue);

    private sealed class FakeEventFile
    {
        public ulong Count { get; set; }
    }

    private sealed class FakeEpoll;
}
