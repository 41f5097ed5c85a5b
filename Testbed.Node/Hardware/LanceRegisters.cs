namespace Testbed.Node.Hardware;

/// <summary>The Lance's I/O ports in word mode (WIO), as offsets from its base address (Am79C970A data sheet, "I/O Resources").</summary>
public static class LancePort
{
    /// <summary>The first of 16 bytes of address PROM: 6 of Ethernet address, at 14 and 15 'W'.</summary>
    public const int AddressProm = 0x00;

    /// <summary>RDP: the control and status register that RAP selects.</summary>
    public const int RegisterData = 0x10;

    /// <summary>RAP: the number of a register. Reading and writing it has no other effect.</summary>
    public const int RegisterAddress = 0x12;

    /// <summary>Reading it resets the chip (S_RESET).</summary>
    public const int Reset = 0x14;

    /// <summary>BDP: the bus configuration register that RAP selects.</summary>
    public const int BusData = 0x16;

    /// <summary>How many ports there are.</summary>
    public const int Count = 0x18;
}

/// <summary>CSR0, the status and control register (Am79C970A data sheet, "CSR0").</summary>
[Flags]
public enum LanceStatus
{
    /// <summary>No bit set.</summary>
    None = 0,

    /// <summary>INIT: set to have the initialization block read; clears STOP.</summary>
    Initialize = 0x0001,

    /// <summary>STRT: set to have frames sent and received; clears STOP.</summary>
    Start = 0x0002,

    /// <summary>STOP: set to end all activity; it clears all other bits and beats INIT and STRT. Set after a reset.</summary>
    Stop = 0x0004,

    /// <summary>TDMD: set to have the transmit ring looked at without waiting for the poll time; clear once that is done.</summary>
    TransmitDemand = 0x0008,

    /// <summary>TXON, read only: the transmitter is on.</summary>
    TransmitterOn = 0x0010,

    /// <summary>RXON, read only: the receiver is on.</summary>
    ReceiverOn = 0x0020,

    /// <summary>IENA: interrupts are enabled. It takes the value written.</summary>
    InterruptEnable = 0x0040,

    /// <summary>INTR, read only: some cause that is not masked is set, whether or not interrupts are enabled.</summary>
    InterruptRequest = 0x0080,

    /// <summary>IDON, a cause: initialization is done.</summary>
    InitializationDone = 0x0100,

    /// <summary>TINT, a cause: the last descriptor of a frame sent has been given back.</summary>
    TransmitInterrupt = 0x0200,

    /// <summary>RINT, a cause: the last descriptor of a frame received has been given back.</summary>
    ReceiveInterrupt = 0x0400,

    /// <summary>MERR, a cause: the chip was not granted the bus in time. That does not happen here.</summary>
    MemoryError = 0x0800,

    /// <summary>MISS, a cause: a frame for this station was lost as there was no receive descriptor.</summary>
    MissedFrame = 0x1000,

    /// <summary>CERR, no cause of an interrupt: a transceiver's test failed. That does not happen here.</summary>
    CollisionError = 0x2000,

    /// <summary>BABL, a cause: a frame of more than 1518 bytes, with FCS, was sent.</summary>
    Babble = 0x4000,

    /// <summary>ERR, read only: any of BABL, CERR, MISS and MERR.</summary>
    Error = 0x8000,

    /// <summary>What makes ERR.</summary>
    Errors = Babble | CollisionError | MissedFrame | MemoryError,

    /// <summary>What makes INTR, each where CSR3 has no mask bit at its place.</summary>
    InterruptCauses = Babble | MissedFrame | MemoryError | ReceiveInterrupt | TransmitInterrupt | InitializationDone,

    /// <summary>What is cleared by writing a one to it.</summary>
    Acknowledgeable = InterruptCauses | CollisionError,
}

/// <summary>CSR15, the mode register, and the initialization block's first word (Am79C970A data sheet, "CSR15"); the bits modelled.</summary>
[Flags]
public enum LanceMode
{
    /// <summary>Send and receive what is for this station and for all.</summary>
    None = 0,

    /// <summary>DRX: the receiver stays off.</summary>
    DisableReceiver = 0x0001,

    /// <summary>DTX: the transmitter stays off.</summary>
    DisableTransmitter = 0x0002,

    /// <summary>DRCVPA: frames to this station's own address are not received.</summary>
    DisableReceivePhysical = 0x2000,

    /// <summary>DRCVBC: frames to all are not received as such.</summary>
    DisableReceiveBroadcast = 0x4000,

    /// <summary>PROM: every frame is received.</summary>
    Promiscuous = 0x8000,
}

/// <summary>CSR4, test and features control: the bits modelled. A cause is cleared by writing a one to it (Am79C970A data sheet, "CSR4").</summary>
[Flags]
public enum LanceFeatures
{
    /// <summary>No bit set.</summary>
    None = 0,

    /// <summary>TXSTRTM: masks <see cref="TransmitStart"/>.</summary>
    TransmitStartMask = 0x0004,

    /// <summary>TXSTRT, a cause: a transmission has begun.</summary>
    TransmitStart = 0x0008,

    /// <summary>MFCOM: masks <see cref="MissedFrameCounterOverflow"/>.</summary>
    MissedFrameCounterOverflowMask = 0x0100,

    /// <summary>MFCO, a cause: the missed frame counter, CSR112, has wrapped.</summary>
    MissedFrameCounterOverflow = 0x0200,

    /// <summary>APAD_XMT: short frames are padded with zeros to 64 bytes, with FCS.</summary>
    PadTransmit = 0x0800,

    /// <summary>The value after a reset: JABM, TXSTRTM, RCVCCOM and MFCOM.</summary>
    AfterReset = 0x0115,
}

/// <summary>Numbers of control and status registers, for RAP and then RDP (Am79C970A data sheet, "Control and Status Registers").</summary>
public static class LanceRegister
{
    /// <summary>CSR0, <see cref="LanceStatus"/>.</summary>
    public const int Status = 0;

    /// <summary>CSR1: the initialization block's address, low half. Written when stopped only.</summary>
    public const int InitializationBlockLow = 1;

    /// <summary>CSR2: the initialization block's address, high half. Written when stopped only.</summary>
    public const int InitializationBlockHigh = 2;

    /// <summary>CSR3: interrupt masks, at the places of <see cref="LanceStatus.InterruptCauses"/>.</summary>
    public const int InterruptMasks = 3;

    /// <summary>CSR4, <see cref="LanceFeatures"/>.</summary>
    public const int Features = 4;

    /// <summary>CSR8 to CSR11: the logical address filter. Written when stopped only.</summary>
    public const int LogicalAddressFilter = 8;

    /// <summary>CSR12 to CSR14: this station's address. Written when stopped only.</summary>
    public const int PhysicalAddress = 12;

    /// <summary>CSR15, <see cref="LanceMode"/>. Written when stopped only.</summary>
    public const int Mode = 15;

    /// <summary>CSR24 and CSR25: the receive ring's address. Written when stopped only.</summary>
    public const int ReceiveRing = 24;

    /// <summary>CSR30 and CSR31: the transmit ring's address. Written when stopped only.</summary>
    public const int TransmitRing = 30;

    /// <summary>CSR58: the software style; the same register as BCR20.</summary>
    public const int SoftwareStyle = 58;

    /// <summary>CSR76: the receive ring's length as a two's complement. Written when stopped only.</summary>
    public const int ReceiveRingLength = 76;

    /// <summary>CSR78: the transmit ring's length as a two's complement. Written when stopped only.</summary>
    public const int TransmitRingLength = 78;

    /// <summary>CSR88: the chip's identity, low half. Read only.</summary>
    public const int ChipIdLow = 88;

    /// <summary>CSR89: the chip's identity, high half. Read only.</summary>
    public const int ChipIdHigh = 89;

    /// <summary>CSR112: how many frames were missed; wraps. Read only; cleared by STOP.</summary>
    public const int MissedFrameCount = 112;

    /// <summary>BCR20, through RAP and then BDP: the software style. Written when stopped only.</summary>
    public const int BusSoftwareStyle = 20;

    /// <summary>The software style of 32-bit PCnet-PCI structures, the one that is modelled.</summary>
    public const int PcnetPciStyle = 2;
}
