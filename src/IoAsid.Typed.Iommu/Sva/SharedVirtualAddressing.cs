namespace IoAsid.Typed.Iommu;

/// <summary>
/// The shared virtual addressing of processes and devices (Linux 6.12 <c>iommu_sva_bind_device</c>). A bound device uses the process's own addresses. A process
/// has one PASID on all its devices, and one attachment for each device with the number of its users.
/// </summary>
internal sealed class SharedVirtualAddressing
{
    private readonly IoAsidSet<SvaBinding> _set;
    private readonly bool _setsAddressWidth;
    private readonly Dictionary<ProcessAddressSpace, NativeSvaBinding> _bindings = [];

    public SharedVirtualAddressing(IoAsidSet<SvaBinding> set, bool setsAddressWidth)
    {
        _set = set;
        _setsAddressWidth = setsAddressWidth;
    }

    /// <summary>The number of processes that have a bond. A process that has exited counts until its last bond is disposed.</summary>
    public int BoundProcesses => _bindings.Count;

    /// <summary>Binds a process to a device, as <see cref="IommuSubsystem.BindAsync"/> describes.</summary>
    public async ValueTask<SvaBond> BindAsync(IommuDevice device, ProcessAddressSpace process)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(process);
        using DriverOperation? operation = DriverOperation.Start("bind", device, addressSpace: process.Name);
        RequireSupport(device, process);
        if (!process.TryUse(out AddressSpaceUse? use))
            throw new IommuException(IommuError.Exited, $"The process {process} has exited. It cannot be bound to {device}.");
        using (use)
        {
            NativeSvaBinding binding = Claim(device, process);
            operation?.SetPasid(binding.Pasid);
            try
            {
                await binding.Attachments.AttachAsync(device, binding.Handle, binding.EntryFor(device.Unit.Capabilities));
                operation?.Complete();
                return new SvaBond(this, binding, device);
            }
            catch
            {
                Unclaim(binding);
                throw;
            }
        }
    }

    public async ValueTask UnbindAsync(NativeSvaBinding binding, IommuDevice device)
    {
        using DriverOperation? operation = DriverOperation.Start("unbind", device, binding.Pasid, binding.AddressSpace.Name);
        await binding.Attachments.DetachAsync(device);
        Unclaim(binding);
        operation?.Complete();
    }

    private NativeSvaBinding Claim(IommuDevice device, ProcessAddressSpace process)
    {
        if (!_bindings.TryGetValue(process, out NativeSvaBinding? binding))
            binding = Create(device, process);
        else if (binding.Pasid > device.MaximumPasid)
            throw TooWide(device, binding);
        binding.Claims++;
        return binding;
    }

    private NativeSvaBinding Create(IommuDevice device, ProcessAddressSpace process)
    {
        NativeSvaBinding binding = new(process, _setsAddressWidth);
        IoAsidSet<NativeSvaBinding> set = _set.CreateSubset<NativeSvaBinding>(process.Name, owner: process);
        if (!set.TryAllocate(binding, 1, set.Space.HighestUpTo(device.MaximumPasid), out IoAsidHandle<NativeSvaBinding> handle, out IoAsidAllocationFailure failure))
        {
            set.Close();
            throw new IommuException(IommuError.NoPasid, $"No PASID up to {device.MaximumPasid} is free for {process}: {failure}.");
        }

        binding.Register(handle);
        _bindings.Add(process, binding);
        return binding;
    }

    private void Unclaim(NativeSvaBinding binding)
    {
        if (--binding.Claims > 0 || binding.Attachments.IsExposed)
            return;
        _bindings.Remove(binding.AddressSpace);
        binding.Release();
    }

    private static void RequireSupport(IommuDevice device, ProcessAddressSpace process)
    {
        device.RequireActive();
        if (!device.PageRequestsEnabled)
            throw new IommuException(IommuError.NotSupported, $"Page requests of {device} are not enabled. Enable shared virtual addressing first.");
        if (process.Levels == 5 && !device.Unit.Capabilities.FiveLevelPaging)
            throw new IommuException(IommuError.NotSupported, $"{process} has page tables of five levels, which the unit {device.Unit} cannot walk.");
        if (!process.PresetsAccessedDirty && !device.Unit.Capabilities.PageWalkCoherency)
        {
            throw new IommuException(
                IommuError.NotSupported,
                $"The unit {device.Unit} cannot set accessed and dirty bits (ECAP.SMPWCS is clear). Create {process} with presetsAccessedDirty, as CreateProcess does.");
        }
    }

    private static IommuException TooWide(IommuDevice device, NativeSvaBinding binding) => new(
        IommuError.PasidTooWide,
        $"{binding.AddressSpace} has PASID {binding.Pasid}, and {device} can send PASIDs up to {device.MaximumPasid}. Bind the narrow device first.");
}
