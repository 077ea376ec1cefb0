using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The allocator of PASIDs of an operating system that runs as a guest. The hypervisor allocates PASIDs by virtual commands of a unit (VT-d 11.4.16, VCMD and
/// VCRSP; Linux 5.8 to 6.3). The space of the guest keeps the state of each id.
/// </summary>
/// <remarks>Calls do not await. The hypervisor runs in each register access.</remarks>
internal sealed class VirtualCommandAllocator(string unit, DriverRegisters registers, object numberSpace) : IoAsidNumberAllocator
{
    /// <summary>The number of reads of the response register after which a command fails.</summary>
    public const int MaximumReads = 100_000;

    private const ulong PasidMask = Pasid.Count - 1;

    /// <summary>The number space of the hypervisor. All units of a machine share it.</summary>
    public override object NumberSpace => numberSpace;

    /// <summary>Allocates a PASID. The hypervisor chooses it. A PASID outside the requested range is freed again.</summary>
    /// <returns>The PASID, or null if the hypervisor has no free one in the range.</returns>
    /// <exception cref="IommuException">The command failed for another reason.</exception>
    public override uint? Allocate(uint min, uint max)
    {
        VirtualCommandResponseRegister response = Run(new VirtualCommandRegister { Command = VirtualCommand.AllocatePasid });
        if (response.Status == VirtualCommandStatus.PasidUnavailable)
            return null;
        RequireSuccess(response, "allocate a PASID");
        uint number = (uint)(response.Result & PasidMask);
        if (number >= min && number <= max)
            return number;
        Free(number);
        return null;
    }

    /// <summary>Frees a PASID.</summary>
    /// <exception cref="IommuException">The hypervisor refused the command. The PASID is not used again.</exception>
    public override void Free(uint number) => RequireSuccess(
        Run(new VirtualCommandRegister { Command = VirtualCommand.FreePasid, Operand = number }), $"free PASID {number}");

    private VirtualCommandResponseRegister Run(VirtualCommandRegister command)
    {
        // A command that is written during another command is lost.
        Poll();
        registers.Write(RegisterOffsets.VirtualCommand, command);
        return Poll();
    }

    private VirtualCommandResponseRegister Poll()
    {
        for (int read = 0; read < MaximumReads; read++)
        {
            VirtualCommandResponseRegister response = registers.Read<VirtualCommandResponseRegister>(RegisterOffsets.VirtualCommandResponse);
            if (!response.InProgress)
                return response;
        }

        throw new IommuException(IommuError.DeviceGone, $"The hypervisor behind {unit} has not completed a virtual command in {MaximumReads} reads.");
    }

    private void RequireSuccess(VirtualCommandResponseRegister response, string operation)
    {
        if (response.Status != VirtualCommandStatus.Success)
            throw new IommuException(IommuError.NotPermitted, $"The hypervisor behind {unit} did not {operation}: {response.Status} (status {(int)response.Status}).");
    }
}
